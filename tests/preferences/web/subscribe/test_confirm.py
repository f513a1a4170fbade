"""Confirming: only the owner of an address says yes, to just what was asked, and after a warning if need be."""

import pytest

from preferences.consent import service as consent
from preferences.links import tokens
from preferences.models import Method, Source, Subscription
from tests import factories
from tests.preferences.web.visitors import filled, open_link

Status = Subscription.Status


@pytest.fixture
def asked(address, notice):
    return consent.ask(address, [notice], source=Source.SIGN_UP)


def test_opening_the_confirm_link_shows_what_was_asked_and_says_nothing(client, asked, topic, notice):
    page = open_link(client, tokens.confirm_url(asked)).content.decode()

    assert topic.name in page
    assert notice.how_to_unsubscribe in page
    assert asked.address.value not in page
    assert asked.address.subscriptions.get().status == Status.PENDING


def test_pressing_yes_signs_up_with_proof(client, asked):
    page = open_link(client, tokens.confirm_url(asked))

    done = client.post("/confirm/", filled(page, answer="yes"), follow=True)

    granted = asked.address.subscriptions.get().event
    assert (granted.kind, granted.method, granted.evidence.page) == ("granted", Method.DOUBLE_OPT_IN, "/confirm/")
    assert "You are subscribed" in done.content.decode()


def test_pressing_no_closes_the_question(client, asked):
    page = open_link(client, tokens.confirm_url(asked))

    done = client.post("/confirm/", filled(page, answer="no"), follow=True)

    assert asked.address.subscriptions.get().status == Status.ENDED
    assert "Nothing to confirm" in done.content.decode()


def test_confirming_again_says_it_is_done(client, asked):
    consent.confirm(asked)

    page = open_link(client, tokens.confirm_url(asked)).content.decode()

    assert "You are subscribed" in page
    assert "<button" not in page


def test_a_confirm_link_is_worth_nothing_after_leaving(client, asked, topic):
    consent.withdraw(asked.address, topic, source=Source.UNSUBSCRIBE_PAGE)

    page = open_link(client, tokens.confirm_url(asked))
    client.post("/confirm/", filled(page, answer="yes"))

    assert asked.address.subscriptions.get().status == Status.ENDED


def test_confirming_says_yes_to_nothing_but_what_was_asked(client, asked, topic):
    other = factories.TopicFactory(sender=topic.sender)
    page = open_link(client, tokens.confirm_url(asked))

    client.post("/confirm/", filled(page, answer="yes", topic=other.pk, service_message=999))

    assert list(asked.address.subscriptions.values_list("topic", flat=True)) == [topic.pk]


@pytest.fixture
def asked_after_never(address, notice, topic, time_machine):
    """They asked never to be written to again, and long after that somebody asked for their address."""
    time_machine.move_to("2026-05-01 10:00", tick=False)
    consent.withdraw_permanently(address, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)
    time_machine.shift(60 * 24 * 60 * 60)
    return consent.ask(address, [notice], source=Source.SIGN_UP)


def test_after_never_again_a_warning_stands_before_the_yes(client, asked_after_never):
    page = open_link(client, tokens.confirm_url(asked_after_never)).content.decode()

    assert "You asked us never to contact you again" in page
    assert 'name="override_permanent"' in page
    assert " checked" not in page


@pytest.mark.parametrize("tick", [{}, {"override_permanent": ""}])
def test_a_yes_without_the_tick_is_refused_with_its_reason(client, asked_after_never, tick):
    page = open_link(client, tokens.confirm_url(asked_after_never))

    answer = client.post("/confirm/", filled(page, answer="yes", **tick))

    assert answer.status_code == 422
    assert "Tick the box if you have changed your mind" in answer.content.decode()
    assert consent.has_permanent_opt_out(asked_after_never.address)


def test_a_yes_with_the_tick_takes_it_back(client, asked_after_never):
    page = open_link(client, tokens.confirm_url(asked_after_never))

    client.post("/confirm/", filled(page, answer="yes", override_permanent="on"))

    assert asked_after_never.address.subscriptions.get().status == Status.ACTIVE
    assert not consent.has_permanent_opt_out(asked_after_never.address)


@pytest.mark.parametrize("tick", [{}, {"override_permanent": "on"}])
def test_a_no_needs_no_tick_and_leaves_everything_as_they_wanted_it(client, asked_after_never, tick):
    page = open_link(client, tokens.confirm_url(asked_after_never))

    client.post("/confirm/", filled(page, answer="no", **tick))

    assert asked_after_never.address.subscriptions.get().status == Status.ENDED
    assert consent.has_permanent_opt_out(asked_after_never.address)


def test_nobody_else_is_warned(client, asked):
    page = open_link(client, tokens.confirm_url(asked)).content.decode()

    assert "override_permanent" not in page


@pytest.mark.parametrize("answer", ["", "maybe", "YES", "yes\r\nno", None])
def test_an_answer_that_is_neither_yes_nor_no_changes_nothing(client, asked, answer):
    page = open_link(client, tokens.confirm_url(asked))

    done = client.post("/confirm/", filled(page, answer=answer))

    assert done.status_code == 422
    assert asked.address.subscriptions.get().status == Status.PENDING


def test_confirmed_twice_it_is_one_yes(client, asked):
    page = open_link(client, tokens.confirm_url(asked))

    client.post("/confirm/", filled(page, answer="yes"))
    client.post("/confirm/", filled(page, answer="yes"))

    assert asked.address.events.filter(kind="granted").count() == 1


def test_an_old_page_with_a_no_after_the_yes_withdraws_nothing_unseen(client, asked):
    page = open_link(client, tokens.confirm_url(asked))
    client.post("/confirm/", filled(page, answer="yes"))

    client.post("/confirm/", filled(page, answer="no"))

    assert asked.address.subscriptions.get().status == Status.ACTIVE
