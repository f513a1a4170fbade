"""What was acknowledged survives a power cut, or production says so before it begins."""

import pytest
from django.core.checks import Tags, run_checks
from django.db import connection

from config import checks

SET = {"sqlite": "PRAGMA synchronous = {}", "postgresql": "SET synchronous_commit = {}"}
WEAK = {"sqlite": "NORMAL", "postgresql": "off"}
STRONG = {"sqlite": "FULL", "postgresql": "on"}

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def database(settings):
    """A function: make this connection careful or careless; it is careful again afterwards."""
    settings.SESSION_COOKIE_SECURE = True

    def be(how):
        with connection.cursor() as cursor:
            cursor.execute(SET[connection.vendor].format(how[connection.vendor]))

    yield be
    be(STRONG)


def found():
    return [error for error in run_checks(tags=[Tags.database], databases=["default"]) if error.id == "sayso.E002"]


def test_a_database_that_may_forget_stops_production_and_says_what_to_set(database):
    database(WEAK)

    [error] = found()

    assert error.is_serious()
    assert error.hint.startswith("Set ")


def test_the_database_as_sayso_opens_it_forgets_nothing(database):
    assert found() == []


def test_a_developers_database_is_their_own_business(database, settings):
    database(WEAK)
    settings.SESSION_COOKIE_SECURE = False

    assert found() == []


@pytest.mark.parametrize(("written", "complaints"), [("strict", 0), ("legal", 0), ("Strict", 1), ("", 1), ("lax", 1)])
def test_a_slip_of_the_pen_does_not_loosen_the_rulebook(settings, written, complaints):
    settings.RULE_PROFILE = written

    assert len(checks.rule_profile_is_known()) == complaints
