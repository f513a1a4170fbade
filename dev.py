#!/usr/bin/env python3
"""Sayso on a bare machine: set everything up, then run it or test it. Needs only Python 3.11 or newer.

python3 dev.py run [--port 8000]   set up, migrate, add sample data, start web, worker and scheduler
python3 dev.py test [arguments]    set up and run the tests (arguments go to pytest)
python3 dev.py keys                print a fresh set of secrets for production
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 said in words, to whoever has an older one
    sys.exit("Sayso needs Python 3.11 or newer, and this is Python {}.{}.".format(*sys.version_info[:2]))

import argparse
import hashlib
import importlib.util
import os
import shutil
import socket
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / ("Scripts" if os.name == "nt" else "bin") / "python"
LOG = VENV / "install.log"
MAKE_KEYS = "from config.settings import keys; [print(f'{k}={v}') for k, v in keys.make_secrets().items()]"


def main(arguments):
    """Do what was asked; returns the exit code."""
    if not arguments or arguments[0] not in COMMANDS:
        print(__doc__.strip())
        return 0 if arguments in ([], ["-h"], ["--help"], ["help"]) else 2
    try:
        return COMMANDS[arguments[0]](arguments[1:])
    except KeyboardInterrupt:
        return 130


def run(arguments):
    """Set up and start everything; a Ctrl-C stops it."""
    port = read_port(arguments)
    set_up("requirements.txt")
    settings = {"DJANGO_SETTINGS_MODULE": "config.settings.local", "BASE_URL": f"http://localhost:{port}"}
    for command in (["migrate", "--verbosity", "0"], ["sample"]):
        if code := python("manage.py", *command, **settings):
            return code
    return become("manage.py", "up", "--port", str(port), **settings)


def test(arguments):
    """Set up and run the tests."""
    set_up("requirements-test.txt")
    return become("-m", "pytest", "-n", "auto", *arguments, DJANGO_SETTINGS_MODULE="config.settings.test")


def keys(arguments):
    """Print a fresh set of secrets, and nothing else."""
    set_up("requirements.txt")
    return become("-c", MAKE_KEYS)


COMMANDS = {"run": run, "test": test, "keys": keys}


def read_port(arguments):
    """The port to run on; stops with a sentence when it is taken."""
    parser = argparse.ArgumentParser(prog="dev.py run")
    parser.add_argument("--port", type=int, default=8000, help="where the pages are (default: 8000)")
    port = parser.parse_args(arguments).port
    if not 0 < port < 65535:
        stop(f"Port {port} is not possible: choose one between 1 and 65534.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except PermissionError:
            stop(f"Port {port} needs an administrator: choose one above 1023, like `--port 8000`.")
        except OSError:
            again = f"python3 dev.py run --port {port + 1}"
            stop(f"Port {port} is in use: stop the other program or run `{again}`.")
    return port


def set_up(requirements):
    """Make the virtual environment and install what the lock file names, unless that is done already."""
    make_venv()
    stamp = VENV / f".sayso-{requirements}"
    wanted = fingerprint(ROOT / requirements)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    say(f"Installing {requirements} into .venv (once; a minute or less) ...")
    install(ROOT / requirements)
    stamp.write_text(wanted)


def make_venv():
    """Make .venv unless there is one whose Python works."""
    if venv_version() >= (3, 11):
        return
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        stop(f"Python's venv module is missing: install it (on Debian: apt install {package}) and try again.")
    say("Making .venv ...")
    done = subprocess.run([sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True)
    if done.returncode:
        stop(f"The virtual environment could not be made in {VENV}: {last_line(done.stdout + done.stderr)}")


def venv_version():
    """The version of .venv's Python; (0, 0) when there is none that works."""
    ask = [str(PYTHON), "-c", "import sys; print(*sys.version_info[:2])"]
    try:
        answer = subprocess.run(ask, capture_output=True, text=True)
    except OSError:
        return (0, 0)
    return tuple(map(int, answer.stdout.split())) if answer.returncode == 0 else (0, 0)


def fingerprint(path):
    """Changes when the lock file or the Python does."""
    return hashlib.sha256(path.read_bytes()).hexdigest() + " {}.{}\n".format(*venv_version())


def install(path):
    """Install with uv, or with pip where uv cannot; every file is checked against its hash."""
    LOG.write_text("")
    python_m = [str(PYTHON), "-m"]
    if not quietly([*python_m, "pip", "--version"]):
        quietly([*python_m, "ensurepip"])
    has_uv = quietly([*python_m, "uv", "--version"]) or quietly([*python_m, "pip", "install", "uv"])
    uv = [*python_m, "uv"] if has_uv else [shutil.which("uv") or "uv"]
    checked = ["install", "--require-hashes", "-r", str(path)]
    if quietly([*uv, "pip", *checked[:1], "--python", str(PYTHON), *checked[1:]]):
        return
    if quietly([*python_m, "pip", *checked]):
        return
    why = last_line(LOG.read_text(errors="replace"))
    stop(f"The packages could not be installed: check the network and try again (details: {LOG}). {why}")


def quietly(command):
    """Run one step of the installation into the log; true when it worked."""
    with LOG.open("a") as log:
        try:
            return subprocess.run(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL).returncode == 0
        except OSError as problem:
            log.write(f"{problem}\n")
            return False


def python(*arguments, **settings):
    """Run .venv's Python in the project's folder; returns its exit code."""
    return subprocess.run([str(PYTHON), *arguments], cwd=ROOT, env={**os.environ, **settings}).returncode


def become(*arguments, **settings):
    """The same as the last step: this very process goes on as that one, so signals reach it."""
    if os.name == "nt":
        return python(*arguments, **settings)
    os.chdir(ROOT)
    sys.stdout.flush()
    return os.execve(PYTHON, [str(PYTHON), *arguments], {**os.environ, **settings})  # noqa: S606


def last_line(text):
    return (text.strip().splitlines() or [""])[-1].strip()


def say(words):
    print(words, file=sys.stderr, flush=True)


def stop(sentence):
    """End with one sentence for the person."""
    say(sentence)
    raise SystemExit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
