"""The image and the compose file: what they promise can be read from the two files, without Docker.

That the commands work is shown by .ci/start_commands.py, and the rest of the good manners by hadolint (.ci/checks).
"""

import json
import re
import shlex
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from config.settings import keys

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
SERVICES = COMPOSE["services"]
OURS = ["migrate", "web", "worker", "beat"]
EXAMPLE = (ROOT / "compose.env.example").read_text()
OPERATORS = (ROOT / "docs" / "operators.md").read_text()
# `ROOT / "templates"`, `Path(settings.ROOT) / "docs" / "verify_receipt.py"`
BELOW_ROOT = re.compile(r"\bROOT\)?((?: / \"[\w.]+\")+)")


def instructions():
    """The Dockerfile as pairs of an instruction and its arguments."""
    lines = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    return [tuple(line.split(" ", 1)) for line in lines if line and not line.startswith("#")]


def arguments(wanted):
    return [rest for instruction, rest in instructions() if instruction == wanted]


def copied():
    """What the image holds of this repository."""
    return {source for rest in arguments("COPY") if "--from" not in rest for source in rest.split()[:-1]}


def read_by_the_code():
    """Paths of this repository that our code reads when it runs."""
    ours = [path for name in copied() for path in (ROOT / name).rglob("*.py")]
    found = [match[1] for path in ours for match in BELOW_ROOT.finditer(path.read_text())]
    return sorted({"/".join(re.findall(r'"([\w.]+)"', names)) for names in found} - {"var"})


def documented_commands():
    """The start commands in the first part of docs/operators.md, by the process they start."""
    block = OPERATORS.partition("## What runs")[2].partition("```sh\n")[2].partition("```")[0]
    lines = [shlex.split(line) for line in block.splitlines() if not line.startswith("#")]
    return {"web" if line[0] == "gunicorn" else line[3]: line for line in lines}


def tag(image):
    return image.rpartition("/")[2].partition(":")[2]


@pytest.mark.parametrize("image", [*arguments("FROM"), *sorted({service["image"] for service in SERVICES.values()})])
def test_every_image_is_pinned(image):
    assert tag(image.partition(" ")[0]) not in ["", "latest"]


def test_the_image_runs_as_one_unprivileged_user_with_a_fixed_number():
    [user] = arguments("USER")

    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)
    assert {SERVICES[name]["user"] for name in OURS} == {user}


def test_the_image_installs_the_locked_packages_and_no_system_package():
    text = (ROOT / "Dockerfile").read_text()

    assert "--require-hashes --only-binary :all: -r /tmp/requirements.txt" in text
    assert not re.search(r"\b(apt|apt-get|curl|wget)\b", text)
    assert not arguments("ADD")


def test_no_secret_is_named_where_the_image_is_built():
    text = (ROOT / "Dockerfile").read_text()

    assert not [name for name in keys.NAMES if name in text]
    assert not arguments("ARG")


def test_the_build_sees_what_the_image_copies_and_nothing_else():
    lines = (ROOT / ".dockerignore").read_text().splitlines()

    assert "*" in lines
    assert {line[1:] for line in lines if line.startswith("!")} == copied() | {"requirements.txt"}


@pytest.mark.parametrize("path", read_by_the_code())
def test_what_the_code_reads_is_in_the_image(path):
    assert any(path == source or path.startswith(f"{source}/") for source in copied())


def test_our_own_apps_are_in_the_image():
    ours = {name.partition(".")[0] for name in settings.INSTALLED_APPS if (ROOT / name.partition(".")[0]).is_dir()}

    assert ours <= copied()


def test_the_image_starts_the_pages_and_asks_for_their_health():
    [health] = arguments("HEALTHCHECK")

    assert json.loads(arguments("CMD")[0]) == SERVICES["web"]["command"]
    assert json.loads(health.partition(" CMD ")[2]) == ["python", "docker/healthcheck.py", "web"]


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_each_process_starts_as_the_operators_guide_says(name):
    assert SERVICES[name]["command"] == documented_commands()[name]


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_closed(name):
    service = SERVICES[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "/tmp" in service["tmpfs"]
    assert re.fullmatch(r"[1-9]\d+:[1-9]\d+", service["user"])


@pytest.mark.parametrize("name", [name for name in SERVICES if name not in ["migrate", "web"]])
def test_every_service_that_stays_says_whether_it_is_well(name):
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_ours_wait_for_the_migrations_the_database_and_the_broker(name):
    waits = {other: how["condition"] for other, how in SERVICES[name]["depends_on"].items()}

    assert waits == {
        "migrate": "service_completed_successfully",
        "postgresql": "service_healthy",
        "rabbitmq": "service_healthy",
    }


@pytest.mark.parametrize("secret", keys.NAMES)
@pytest.mark.parametrize("name", OURS)
def test_a_missing_secret_stops_compose_before_it_starts_anything(name, secret):
    assert SERVICES[name]["environment"][secret] == f"${{{secret}:?make it with python3 dev.py keys}}"


@pytest.mark.parametrize("name", OURS)
def test_what_sayso_writes_goes_to_a_volume(name):
    [place] = re.findall(r"SAYSO_DATA=(\S+)", " ".join(arguments("ENV")))

    assert SERVICES[name]["volumes"] == [f"data:{place}"]
    assert arguments("VOLUME") == [place]


def test_only_the_pages_can_be_reached_and_only_from_this_machine():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}

    assert published == {"web": ["127.0.0.1:8000:8000"]}
    assert COMPOSE["networks"]["inside"]["internal"] is True
    assert SERVICES["postgresql"]["networks"] == SERVICES["rabbitmq"]["networks"] == ["inside"]


@pytest.mark.parametrize("name", [*keys.NAMES, "POSTGRES_PASSWORD", "RABBITMQ_PASSWORD"])
def test_the_example_names_every_secret_and_gives_none(name):
    assert re.search(rf"^#.*\b{name}\b", EXAMPLE, re.MULTILINE)
    assert not re.search(rf"^{name}=", EXAMPLE, re.MULTILINE)


def test_the_filled_in_example_is_never_committed():
    assert "compose.env" in (ROOT / ".gitignore").read_text().splitlines()
