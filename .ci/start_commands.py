#!/usr/bin/env python3
"""Start Sayso with the commands of compose.yaml, without Docker, and see that all of it works.

DATABASE_URL=… BROKER_URL=… .ci/start_commands.py VENV

VENV has the packages of requirements.txt and nothing else; the database is empty. Runs as root on Linux, for it
makes what Docker would make: a read-only root file system with the files that the Dockerfile copies, a writable
SAYSO_DATA and /tmp, the user of the Dockerfile, no capabilities, and the environment of Dockerfile and compose.yaml.
Not shown: the base images, the build itself, and the containers of PostgreSQL and RabbitMQ.
"""

import contextlib
import http.client
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
BASE_URL = "https://sayso.example"
START_SECONDS = 120
FIRST_TASK_SECONDS = 90  # the scheduler's most frequent tasks are due 30 seconds after its start
STOP_SECONDS = 45
LIKE_A_CONTAINER = """
set -eu
root=$1 app=$2 data=$3 user=$4; shift 4
mount -t tmpfs -o mode=0755 tmpfs "$root"
mkdir "$root/tmp"
mount -t tmpfs -o mode=1777,noexec,nosuid,nodev tmpfs "$root/tmp"
for path in /usr /bin /sbin /lib /lib32 /lib64 /etc $READ_ONLY; do
  if [ -L "$path" ]; then ln -s "$(readlink "$path")" "$root$path"
  elif [ -d "$path" ] && ! [ -d "$root$path" ]; then mkdir -p "$root$path"; mount -o bind,ro "$path" "$root$path"; fi
done
mkdir -p "$root/app" "$root$SAYSO_DATA" "$root/proc" "$root/dev"
mount -o bind,ro "$app" "$root/app"
mount -o bind "$data" "$root$SAYSO_DATA"
mount --rbind /proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -o remount,ro "$root"
exec chroot "$root" setpriv --reuid="${user%:*}" --regid="${user#*:}" --clear-groups --no-new-privs \
  --inh-caps=-all --bounding-set=-all env --chdir=/app "$@"
"""

IS_CLOSED = """
awk -v data="$SAYSO_DATA" '$2 !~ "^/(proc|dev)(/|$)" && $2 != "/tmp" && $2 != data && $4 !~ /^ro/ { exit 1 }' \\
    /proc/self/mounts &&
  grep -q "^CapBnd:[[:space:]]*0*$" /proc/self/status && [ "$(id -u)" -ge 10000 ] &&
  touch /tmp/file "$SAYSO_DATA/file" && rm "$SAYSO_DATA/file"
"""


class Failed(Exception):
    """Something does not work as compose.yaml promises; the message is a sentence."""


def main(venv):
    """Start everything in the order of compose.yaml, look at it, stop it; returns the exit code."""
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    with tempfile.TemporaryDirectory(prefix="sayso-start-") as work, contextlib.ExitStack() as running:
        machine = Machine(Path(work), Path(venv).resolve(), running)
        try:
            machine.see_that_it_is_closed()
            machine.finish("migrate", services["migrate"]["command"])
            for name in ("web", "worker", "beat"):
                machine.start(name, services[name]["command"])
            machine.until_healthy("web", dockerfile("HEALTHCHECK")[0].partition(" CMD ")[2])
            machine.see_static_files()
            for name in ("worker", "beat"):
                machine.until_healthy(name, services[name]["healthcheck"]["test"])
            machine.until_a_task_is_done()
            for name in ("beat", "worker", "web"):
                machine.stop(name)
        except Failed as problem:
            machine.show_logs()
            print(problem, file=sys.stderr)
            return 1
    return 0


class Machine:
    """One folder that stands for the image and the volume, and the processes started from it."""

    def __init__(self, work, venv, running):
        self.work, self.venv, self.running = work, venv, running
        self.user = dockerfile("USER")[0]
        self.port = free_port()
        self.processes = {}
        work.chmod(0o755)
        for folder in ("root", "app", "data"):
            (work / folder).mkdir()
        copy_what_the_dockerfile_copies(work / "app")
        # As pip and the Dockerfile do; nothing could be compiled later, and each process would start slowly.
        subprocess.run([sys.executable, "-m", "compileall", "-q", work / "app", venv / "lib"], check=False)
        os.chown(work / "data", *map(int, self.user.split(":")))
        (work / "data").chmod(0o700)
        self.environment = environment(venv, self.port)

    def popen(self, command, **options):
        """Run a command as a container of compose.yaml would."""
        setup = ["unshare", "--mount", "sh", "-c", LIKE_A_CONTAINER, "sh"]
        places = [str(self.work / name) for name in ("root", "app", "data")]
        environment = self.environment | {"READ_ONLY": f"{self.venv} {sys.base_prefix}"}
        return subprocess.Popen([*setup, *places, self.user, *command], env=environment, **options)

    def start(self, name, command):
        log = self.running.enter_context((self.work / f"{name}.log").open("w"))
        process = self.processes[name] = self.popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        self.running.callback(end, process)
        print(f"{name:>8}: {shlex.join(command)}", flush=True)

    def finish(self, name, command):
        self.start(name, command)
        if code := self.processes.pop(name).wait(START_SECONDS):
            raise Failed(f"{name} ended with exit code {code}.")

    def until(self, name, condition, seconds, promise):
        """Wait until the condition holds, at most so long, and only while all processes live."""
        began = time.monotonic()
        while not condition():
            for other, process in self.processes.items():
                if (code := process.poll()) is not None:
                    raise Failed(f"{other} ended by itself with exit code {code}.")
            if time.monotonic() - began > seconds:
                raise Failed(f"{name}: not {promise} within {seconds} seconds.")
            time.sleep(0.5)
        print(f"{name:>8}: {promise} after {time.monotonic() - began:.0f} s", flush=True)

    def until_healthy(self, name, test):
        command = command_of(test)
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.until(name, lambda: self.popen(command, **quiet).wait(60) == 0, START_SECONDS, "healthy")

    def until_a_task_is_done(self):
        """The scheduler sends a task through the broker, a worker does it in the database."""
        log = self.work / "worker.log"
        done = re.compile(r"Task \S+ succeeded")
        self.until("worker", lambda: done.search(log.read_text()), FIRST_TASK_SECONDS, "done with a scheduled task")

    def see_that_it_is_closed(self):
        """Else this script would show less than it says."""
        if self.popen(["sh", "-c", IS_CLOSED]).wait():
            raise Failed("The root file system can be written to, or a capability is left.")

    def see_static_files(self):
        """Nothing was collected: the web process serves them from where they are."""
        files = [path.name for path in (ROOT / "static").iterdir()]
        for name in files:
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            by_proxy = {"Host": BASE_URL.partition("://")[2], "X-Forwarded-Proto": "https"}
            connection.request("GET", f"/static/{name}", headers=by_proxy)
            if (status := connection.getresponse().status) != http.HTTPStatus.OK:
                raise Failed(f"/static/{name} was answered with {status}.")
        print(f"{'web':>8}: {len(files)} static files served", flush=True)

    def stop(self, name):
        """Ask with SIGTERM, as `docker stop` does; it must end by itself, in time and without an error."""
        process = self.processes.pop(name)
        process.terminate()
        try:
            code = process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            raise Failed(f"{name} did not stop within {STOP_SECONDS} seconds.") from None
        if code:
            raise Failed(f"{name} stopped with exit code {code}.")
        print(f"{name:>8}: stopped", flush=True)

    def show_logs(self):
        for log in sorted(self.work.glob("*.log")):
            print(f"--- {log.name}", *log.read_text().splitlines()[-40:], sep="\n", file=sys.stderr)


def dockerfile(instruction):
    """The arguments of each such instruction of the Dockerfile's last stage."""
    lines = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    last = max(number for number, line in enumerate(lines) if line.startswith("FROM "))
    return [line.partition(" ")[2].strip() for line in lines[last:] if line.startswith(f"{instruction} ")]


def copy_what_the_dockerfile_copies(app):
    for line in dockerfile("COPY"):
        *sources, target = line.split()
        for source in sources if not line.startswith("--from") else []:
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, app / target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                (app / target).mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / source, app / target)


def environment(venv, port):
    """What Dockerfile and compose.yaml set, with fresh keys and the servers that this script was given."""
    of_image = dict(word.split("=", 1) for word in shlex.split(" ".join(dockerfile("ENV"))))
    keys = subprocess.run([sys.executable, ROOT / "dev.py", "keys"], check=True, capture_output=True, text=True).stdout
    filled_in = dict(line.split("=", 1) for line in keys.splitlines())
    filled_in |= {"BASE_URL": BASE_URL, "POSTGRES_PASSWORD": "-", "RABBITMQ_PASSWORD": "-"}
    of_compose = yaml.safe_load((ROOT / "compose.yaml").read_text())["x-sayso"]["environment"]
    given = {name: os.environ[name] for name in ("DATABASE_URL", "BROKER_URL")}
    return (
        {"HOSTNAME": socket.gethostname(), "LANG": "C.UTF-8"}
        | of_image
        | {name: fill_in(str(value), filled_in) for name, value in of_compose.items()}
        | given
        | {"PORT": str(port), "PATH": f"{venv}/bin:/usr/bin:/bin:/usr/sbin:/sbin"}
    )


def fill_in(value, variables):
    """${NAME:-default} and ${NAME:?sentence}, as Compose reads them."""

    def one(found):
        name, kind, rest = found.groups()
        if not variables.get(name) and kind != "-":
            raise Failed(f"{name} is not set: {rest}.")
        return variables.get(name) or rest

    return re.sub(r"\$\{(\w+):([-?])([^}]*)\}", one, value)


def command_of(test):
    """The command of a health check, in the form of the Dockerfile (JSON) or of compose.yaml."""
    words = json.loads(test) if isinstance(test, str) else list(test)
    if words[0] == "CMD-SHELL":
        return ["sh", "-c", words[1].replace("$$", "$")]
    return words[1:] if words[0] == "CMD" else words


def end(process):
    """Leave nothing running, whatever happened."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(STOP_SECONDS)
        process.kill()
        process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    if len(sys.argv) != 2 or os.geteuid():
        sys.exit(__doc__.strip())
    sys.exit(main(sys.argv[1]))
