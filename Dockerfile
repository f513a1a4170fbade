# syntax=docker/dockerfile:1
# One image for web, worker, beat and migrate: compose.yaml names the command of each. See docs/operators.md.

FROM python:3.11-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
COPY requirements.txt /tmp/
# Wheels alone: nothing is compiled and no setup.py runs; each file must have the hash that the lock file names.
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes --only-binary :all: -r /tmp/requirements.txt

FROM python:3.11-slim-bookworm
# A fixed number, so that volumes keep their owner from one image to the next. A new volume takes owner and mode of this folder.
RUN groupadd --gid 10001 sayso \
    && useradd --uid 10001 --gid 10001 --home-dir /tmp --no-create-home --shell /usr/sbin/nologin sayso \
    && install -d -o sayso -g sayso -m 0700 /var/lib/sayso
# HOME is /tmp because gunicorn puts its control socket there, and the root file system may be read-only.
ENV PATH=/opt/venv/bin:$PATH \
    HOME=/tmp \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    SAYSO_DATA=/var/lib/sayso
WORKDIR /app
COPY --from=packages /opt/venv /opt/venv
# Compiled translations are in the repository, and the web process serves static files from where they are: no more steps.
COPY manage.py LICENSE ./
COPY docker/healthcheck.py docker/
COPY docs/verify_receipt.py docs/
COPY locale locale
COPY static static
COPY templates templates
COPY config config
COPY preferences preferences
COPY campaigns campaigns
COPY compliance compliance
RUN python -m compileall -q config preferences campaigns compliance
USER 10001:10001
VOLUME /var/lib/sayso
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["python", "docker/healthcheck.py", "web"]
CMD ["gunicorn", "config.wsgi:application", "--workers", "4", "--timeout", "60"]
