"""Our own rows remember which colleague changed them, and why."""

import pytest

from preferences import audit
from tests import factories


@pytest.fixture
def contact(db):
    return factories.email_address().contact


def test_a_change_keeps_who_did_it_and_why(contact, author):
    audit.save_with_history(contact, by=author, reason=" Moved to Spain. ")

    newest = contact.history.first()
    assert (newest.history_user, newest.history_change_reason) == (author, "Moved to Spain.")


def test_a_reason_is_about_one_change_only(contact, author):
    audit.save_with_history(contact, by=author, reason="Moved to Spain.")

    audit.save_with_history(contact, by=None)

    newest = contact.history.first()
    assert (newest.history_user, newest.history_change_reason) == (None, None)


def test_a_reason_that_is_too_long_is_cut(contact, author):
    audit.save_with_history(contact, by=author, reason="x" * 101)

    assert contact.history.first().history_change_reason == "x" * 100
