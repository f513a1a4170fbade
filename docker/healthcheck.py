"""Exit code 0 when a process of ours is well, for the health checks of the Dockerfile and of compose.yaml.

python docker/healthcheck.py web     asks /healthz, which asks the database
python docker/healthcheck.py beat    looks how long ago the scheduler saved its schedule

Uses the standard library alone and does not load Django: it is started twice a minute as long as the container lives.
"""

import http.client
import os
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

WEB_SECONDS = 4
# The scheduler saves every 3 minutes (sync_every of celery.beat.Scheduler): three times later it has stopped working.
BEAT_SECONDS = 9 * 60


def main(arguments: list[str]) -> int:
    match arguments:
        case ["web"]:
            return 0 if web_answers() else 1
        case ["beat"]:
            return 0 if beat_saves() else 1
        case _:
            print(__doc__)
            return 2


def web_answers() -> bool:
    """Whether /healthz says 200. A redirect is not followed: it would lead to the proxy, outside of this container."""
    connection = http.client.HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=WEB_SECONDS)
    # The name that people use, because ALLOWED_HOSTS refuses 127.0.0.1.
    host = urlsplit(os.environ.get("BASE_URL", "")).netloc or "localhost"
    try:
        connection.request("GET", "/healthz", headers={"Host": host})
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException) as problem:
        print(problem)
        return False
    finally:
        connection.close()


def beat_saves() -> bool:
    """Whether the schedule was saved lately. Its file has no suffix or one of several, as dbm decides."""
    data = Path(os.environ.get("SAYSO_DATA", "var"))
    saved = [file.stat().st_mtime for file in data.glob("beat-schedule*")]
    return bool(saved) and time.time() - max(saved) < BEAT_SECONDS


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
