"""manage.py check_eligibility: the verdict as an exit code, with sentences or for machines."""

import json
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.management import call_command

from tests import factories
from tests.conftest import subscribe

NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def mainer(topic):
    return subscribe(factories.phone_address("+12075550199"), topic)


def about(topic):
    return f"{topic.sender.slug}/{topic.slug}"


@pytest.mark.parametrize(("at", "code"), [("2026-11-24T17:00", 0), ("2026-11-25T05:00", 10), ("2031-11-25T17:00", 11)])
def test_the_command_ends_with_the_verdict(at, code, mainer, topic, capsys):
    ended = run("check_eligibility", mainer.value, about(topic), f"--at={at}")

    assert ended == code
    assert "Sending hours in their location" in capsys.readouterr().out


def test_the_command_answers_machines(mainer, topic, capsys):
    ended = run("check_eligibility", mainer.value, about(topic), "--json")

    assert ended == 0
    assert json.loads(capsys.readouterr().out)["decision"]["kind"] == "send"


@pytest.mark.parametrize("asked", [("nobody@example.org", "a/b"), ("", ""), ("+12075550199", "a/b")])
def test_the_command_says_what_it_cannot_answer(asked, mainer, capsys):
    ended = run("check_eligibility", *asked)

    assert ended == 2
    assert capsys.readouterr().err.strip().endswith(".")


def test_the_command_tells_machines_what_it_cannot_answer(topic, capsys):
    ended = run("check_eligibility", "nobody@example.org", about(topic), "--json")

    assert ended == 2
    assert json.loads(capsys.readouterr().out)["kind"] == "error"


def run(*arguments):
    """The code the command ends with."""
    try:
        call_command(*arguments)
    except SystemExit as end:
        return end.code
    return 0
