import os
import runpy
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRETEND_OLD = """
import runpy, sys
sys.version_info = (3, 9, 2, "final", 0)
sys.argv = ["dev.py", "run"]
runpy.run_path({path!r}, run_name="__main__")
"""
PRETEND_MISSING = """
import importlib.util, runpy, sys
real = importlib.util.find_spec
importlib.util.find_spec = lambda name: None if name == "ensurepip" else real(name)
sys.argv = ["dev.py", "keys"]
runpy.run_path({path!r}, run_name="__main__")
"""


def python(*arguments, cwd="/", **environment):
    """Run Python far from the project's folder; returns the finished process."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=os.environ | environment, capture_output=True, text=True, timeout=60
    )


@pytest.fixture
def copy(tmp_path):
    """The command alone, where nothing was set up yet."""
    shutil.copy(ROOT / "dev.py", tmp_path)
    shutil.copy(ROOT / "requirements.txt", tmp_path)
    return tmp_path / "dev.py"


@pytest.fixture(scope="module")
def set_up_once(tmp_path_factory):
    """The command beside the virtual environment that it made."""
    folder = tmp_path_factory.mktemp("made")
    shutil.copy(ROOT / "dev.py", folder)
    shutil.copy(ROOT / "requirements.txt", folder)
    dev = runpy.run_path(str(folder / "dev.py"))
    dev["make_venv"]()
    return folder, dev


def test_without_a_command_the_commands_are_explained():
    done = python(ROOT / "dev.py")

    assert done.returncode == 0
    assert "dev.py run" in done.stdout
    assert "dev.py test" in done.stdout


def test_an_unknown_command_is_explained_and_refused():
    done = python(ROOT / "dev.py", "walk")

    assert done.returncode == 2
    assert "dev.py run" in done.stdout


def test_an_old_python_is_told_so_in_one_sentence():
    done = python("-c", PRETEND_OLD.format(path=str(ROOT / "dev.py")))

    assert done.returncode == 1
    assert done.stderr == "Sayso needs Python 3.11 or newer, and this is Python 3.9.\n"


def test_a_missing_venv_module_is_told_in_one_sentence(copy):
    done = python("-c", PRETEND_MISSING.format(path=str(copy)))

    assert done.returncode == 1
    assert done.stderr.startswith("Python's venv module is missing: install it")
    assert done.stderr.count("\n") == 1


def test_a_port_in_use_is_told_in_one_sentence_with_the_way_out(copy):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = python(copy, "run", "--port", str(port))

    assert done.returncode == 1
    way_out = f"python3 dev.py run --port {port + 1}"
    assert done.stderr == f"Port {port} is in use: stop the other program or run `{way_out}`.\n"


def test_without_a_network_the_log_is_named_and_nothing_is_marked_as_done(copy):
    done = python(copy, "keys", PIP_NO_INDEX="1", PIP_FIND_LINKS="", UV_OFFLINE="1", UV_NO_CACHE="1")

    assert done.returncode == 1
    assert "could not be installed: check the network" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(copy.parent.glob(".venv/.sayso-*"))


def test_what_is_installed_already_is_not_installed_again(set_up_once):
    folder, dev = set_up_once
    wanted = dev["fingerprint"](folder / "requirements.txt")
    (folder / ".venv" / ".sayso-requirements.txt").write_text(wanted)

    dev["set_up"]("requirements.txt")

    assert not dev["LOG"].exists()


def test_a_changed_lock_file_is_installed_anew(set_up_once):
    folder, dev = set_up_once
    changed = folder / "changed.txt"
    changed.write_text((folder / "requirements.txt").read_text() + "# another one\n")

    assert dev["fingerprint"](changed) != dev["fingerprint"](folder / "requirements.txt")
