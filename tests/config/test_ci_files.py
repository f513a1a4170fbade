"""The checks stand in .ci/checks alone; whoever else runs them calls that file."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
CHECKS = re.search(r"^CHECKS=\((.*)\)$", (ROOT / ".ci" / "checks").read_text(), re.MULTILINE)[1].split()
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())


def commands(job):
    return [step["run"] for step in WORKFLOW["jobs"][job]["steps"] if "run" in step]


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook["id"])
def test_each_hook_runs_a_check_of_the_ci(hook):
    program, name = shlex.split(hook["entry"])

    assert program == ".ci/checks"
    assert name in CHECKS
    assert not hook["pass_filenames"]


def test_the_forge_runs_every_check():
    assert ".ci/checks" in commands("checks")


def test_the_forge_tests_on_both_databases():
    databases = {
        row["database_url"].partition(":")[0] for row in WORKFLOW["jobs"]["tests"]["strategy"]["matrix"]["include"]
    }

    assert databases == {"sqlite", "postgres"}
    assert any("pytest" in command for command in commands("tests"))


@pytest.mark.parametrize("server", ["postgresql", "rabbitmq"])
def test_the_forge_tests_with_the_servers_of_production(server):
    assert WORKFLOW["jobs"]["tests"]["services"][server]["image"] == COMPOSE["services"][server]["image"]


@pytest.mark.parametrize("job", WORKFLOW["jobs"])
def test_no_job_of_the_forge_needs_root(job):
    assert "container" not in WORKFLOW["jobs"][job]
    assert not any("sudo" in command for command in commands(job))


def test_the_forge_can_only_read():
    assert WORKFLOW["permissions"] == {"contents": "read"}
