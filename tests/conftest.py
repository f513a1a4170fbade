"""What every test may ask for."""

import tomllib
from functools import cache as remembered
from importlib import import_module

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone, translation

from config import urls  # noqa: F401 registers the pages of staff before tests ask for them
from config.celery import app
from preferences.consent import service as consent
from preferences.models import Method, Notice, Rule, Source
from preferences.rulebook import rule_fields, sending_hours
from tests import factories

shipped = import_module("preferences.migrations.0003_rulebook")


@pytest.fixture(autouse=True)
def _empty_cache():
    cache.clear()


@pytest.fixture(autouse=True)
def _default_language():
    """A page read in another language leaves it active in this thread."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def _rulebook(request):
    """The shipped rulebook is in its table, also after a transactional test has emptied it."""
    asked = {"db", "transactional_db", "live_server"} & set(request.fixturenames)
    if asked or request.node.get_closest_marker("django_db"):
        request.getfixturevalue("_django_db_helper")
        if not Rule.objects.exists():
            Rule.objects.bulk_create(Rule(**rule) for rule in _shipped_rules())


@remembered
def _shipped_rules():
    """What the migration loads, read once: the files are long."""
    books = [tomllib.loads(path.read_text("utf-8")) for path in sorted(shipped.RULEBOOK.glob("*.toml"))]
    return [rule for book in books for rule in shipped.versions(book)]


@pytest.fixture
def topic(db):
    """A public topic by e-mail and text, with its notice."""
    return factories.TopicFactory()


@pytest.fixture
def notice(topic):
    return Notice.objects.current(topic, "en")


@pytest.fixture
def address(db):
    """An e-mail address that never said anything."""
    return factories.email_address()


@pytest.fixture
def phone(db):
    return factories.phone_address()


@pytest.fixture
def subscriber(topic):
    """An e-mail address whose owner signed up for the topic and confirmed it."""
    return subscribe(factories.email_address(), topic)


@pytest.fixture
def texter(topic):
    """A phone number whose owner signed up for the topic and confirmed it."""
    return subscribe(factories.phone_address(), topic)


def subscribe(address, *topics):
    """Sign up and confirm, as a person would."""
    asked = [Notice.objects.current(topic, "en") for topic in topics]
    consent.confirm(consent.ask(address, asked, source=Source.SIGN_UP, method=Method.CHECKBOX))
    address.refresh_from_db()
    return address


@pytest.fixture
def author(db):
    return factories.UserFactory(username="author")


@pytest.fixture
def approver(db):
    return factories.UserFactory(username="approver")


@pytest.fixture
def broken_broker(monkeypatch):
    """Nobody listens where the broker should be. Connections from before are forgotten, and these afterwards."""
    app._after_fork()
    monkeypatch.setattr(app.conf, "broker_url", "amqp://nobody@127.0.0.1:1//")
    yield
    app._after_fork()


@pytest.fixture(scope="session", autouse=True)
def _tests_may_empty_append_only_tables():
    """Between transactional tests the tables are emptied, which their triggers rightly refuse: lift them there."""
    operations = type(connection.ops)
    plain = operations.sql_flush

    def sql_flush(self, style, tables, **options):
        lift, restore = _triggers(self.connection) if tables else ([], [])
        return [*lift, *plain(self, style, tables, **options), *restore]

    operations.sql_flush = sql_flush
    yield
    operations.sql_flush = plain


def _triggers(database):
    with database.cursor() as cursor:
        if database.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            rows = cursor.fetchall()
            return [f"DROP TRIGGER {name}" for name, _sql in rows], [sql for _name, sql in rows]
        cursor.execute("SELECT tgname, tgrelid::regclass::text FROM pg_trigger WHERE NOT tgisinternal")
        rows = cursor.fetchall()
    return [[f"ALTER TABLE {table} {verb} TRIGGER {name}" for name, table in rows] for verb in ("DISABLE", "ENABLE")]


@pytest.fixture
def daytime(time_machine):
    """It is the next moment at which texts may go to New York: no later than a few days from now, for the database
    has a clock of its own.
    """
    window = rule_fields.parse_window({"mon-sat": "10:00-18:00", "sun": "closed", "holiday": "closed"})
    opens = sending_hours.next_opening(window, ("America/New_York",), timezone.now(), frozenset({"US"}))
    time_machine.move_to(opens)
    return opens
