"""The ledger as it was sealed: any change of it is noticed and named, and erasing a person is none."""

import pytest
from django.db import DatabaseError, connection, transaction

from preferences.consent import service as consent
from preferences.contacts import erasure
from preferences.models import Checkpoint, ConsentEvent, LedgerLeaf, Source
from preferences.proof import transparency_log
from tests import factories
from tests.conftest import subscribe

pytestmark = pytest.mark.django_db


@pytest.fixture
def sealed(topic):
    """Three people who signed up and confirmed, one of whom left: sealed in two steps."""
    people = [subscribe(factories.email_address(), topic) for _person in range(3)]
    transparency_log.seal_next_events()
    consent.withdraw(people[0], topic, source=Source.UNSUBSCRIBE_PAGE)
    transparency_log.seal_next_events()
    return people


@pytest.fixture
def tamper():
    """Change the tables as somebody could who owns the database, triggers and all."""

    def run(*statements):
        vendor = connection.vendor
        with connection.cursor() as cursor:
            for table in ("consentevent", "ledgerleaf", "checkpoint"):
                name = f"preferences_{table}"
                drop = [f"DROP TRIGGER {name}_no_update", f"DROP TRIGGER {name}_no_delete"]
                [
                    cursor.execute(s)
                    for s in (drop if vendor == "sqlite" else [f"DROP TRIGGER {name}_append_only ON {name}"])
                ]
            [cursor.execute(statement) for statement in statements]

    return run


def test_a_ledger_nobody_touched_has_no_faults(sealed):
    assert list(transparency_log.find_faults()) == []
    assert Checkpoint.objects.first().size == ConsentEvent.objects.count() == LedgerLeaf.objects.count()


def test_sealing_again_without_news_adds_nothing(sealed):
    assert transparency_log.seal_next_events() is None


def test_what_a_person_said_cannot_be_altered_unseen(sealed, tamper):
    event = ConsentEvent.objects.get(kind="withdrawn")
    tamper(f"UPDATE preferences_consentevent SET kind = 'granted' WHERE id = {event.pk}")

    [fault] = transparency_log.find_faults()
    assert str(event.reference) in fault


def test_a_leaf_made_to_fit_the_lie_does_not_fit_the_checkpoint(sealed, tamper):
    event = ConsentEvent.objects.select_related("address", "notice").get(kind="withdrawn")
    event.kind = "granted"
    forged = transparency_log.event_leaf_hash(event).hex()
    tamper(
        f"UPDATE preferences_consentevent SET kind = 'granted' WHERE id = {event.pk}",
        f"UPDATE preferences_ledgerleaf SET digest = '{forged}' WHERE event_id = {event.pk}",
    )

    assert any("sealed over other events" in fault for fault in transparency_log.find_faults())


def test_a_removed_event_leaves_a_hole(sealed, tamper):
    leaf = LedgerLeaf.objects.get(index=1)
    tamper(f"DELETE FROM preferences_ledgerleaf WHERE event_id = {leaf.event_id}")

    assert "Leaf 1 is missing: the next one is 2." in list(transparency_log.find_faults())


def test_a_ledger_cut_off_at_its_end_is_shorter_than_its_checkpoint(sealed, tamper):
    last = LedgerLeaf.objects.last()
    tamper(f"DELETE FROM preferences_ledgerleaf WHERE event_id = {last.event_id}")

    assert list(transparency_log.find_faults()) == [
        f"Checkpoint {last.index + 1} says there were {last.index + 1} events; there are {last.index}."
    ]


def test_a_checkpoint_signed_by_somebody_else_is_not_ours(sealed, settings):
    settings.LEDGER_KEY = "another ledger key, just as long as ours"

    assert next(iter(transparency_log.find_faults())).endswith("is not signed with our ledger key.")


def test_a_checkpoint_signed_with_an_older_key_of_ours_still_holds(sealed, settings):
    settings.LEDGER_KEY, settings.LEDGER_KEY_OLD = "a new ledger key, as long as the first", [settings.LEDGER_KEY]

    assert list(transparency_log.find_faults()) == []


def test_a_stranger_checks_a_checkpoint_with_the_public_key_alone(sealed):
    note = Checkpoint.objects.first().note

    assert transparency_log.verify_note(note, transparency_log.public_key())
    assert not transparency_log.verify_note(note.replace("\n7\n", "\n8\n"), transparency_log.public_key())
    assert not transparency_log.verify_note("nothing", transparency_log.public_key())


def test_forgetting_a_person_breaks_no_seal(sealed, author):
    erasure.erase(sealed[1].contact, by=author)
    transparency_log.seal_next_events()

    assert list(transparency_log.find_faults()) == []


@pytest.mark.parametrize("table", ["ledgerleaf", "checkpoint"])
def test_the_database_refuses_to_change_a_seal(sealed, table):
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        connection.cursor().execute(f"DELETE FROM preferences_{table}")
