"""The ledger: who sees the evidence, and how an event is found."""

import pytest

from tests.preferences.admin.admin_urls import page


def test_evidence_is_shown_to_those_who_may_see_it(officer, subscriber):
    shown = officer.get(page("consentevent", "change", subscriber.events.last().pk)).content.decode()

    assert "evidence-0" in shown
    assert "Yes: the evidence has not changed" in shown


def test_evidence_is_not_shown_to_support(support, subscriber):
    assert "evidence-0" not in support.get(page("consentevent", "change", subscriber.events.last().pk)).content.decode()


@pytest.mark.parametrize("filters", ["topic__all=1", "kind=granted", "topic=all", "occurred_at_from=2020-01-01"])
def test_the_ledger_is_filtered(officer, subscriber, filters):
    assert officer.get(f"{page('consentevent')}?{filters}").status_code in (200, 302)
