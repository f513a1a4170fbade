"""Send me my link: the same answer, in the same time, for known and unknown; and never too often."""

import statistics
import time

import pytest

from preferences.consent import service as consent
from preferences.consent import suppressions
from preferences.models import ServiceMessage, Source, Suppression
from preferences.web import rate_limit
from tests import factories
from tests.conftest import subscribe

PAGE = "/secure-link/"


def ask(client, value, **where):
    return client.post(PAGE, {"address": value}, follow=True, **where)


@pytest.mark.parametrize("spelling", ["ana@example.org", " ANA@Example.ORG "])
def test_the_owner_of_a_known_address_gets_a_link(client, topic, spelling):
    address = subscribe(factories.email_address("ana@example.org"), topic)

    ask(client, spelling)

    service_message = address.service_messages.get(kind=ServiceMessage.Kind.SECURE_LINK)
    assert service_message.sender == topic.sender


@pytest.mark.parametrize("spelling", ["+12075550123", "+1 (207) 555-0123", "+１２０７５５５０１２３"])
def test_a_known_number_gets_a_link_by_text(client, topic, spelling):
    phone = subscribe(factories.phone_address("+12075550123"), topic)

    ask(client, spelling)

    assert phone.service_messages.filter(kind=ServiceMessage.Kind.SECURE_LINK).count() == 1


def test_the_answer_is_byte_for_byte_the_same(client, topic):
    subscribe(factories.email_address("known@example.org"), topic)
    stopped = subscribe(factories.email_address("stopped@example.org"), topic)
    consent.withdraw_all(stopped, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)
    never = subscribe(factories.email_address("never@example.org"), topic)
    suppressions.suppress(never, Suppression.Reason.PERMANENT)
    people = ["known", "stopped", "never", "unknown"]

    answers = [ask(client, f"{person}@example.org") for person in people]

    assert len({answer.content for answer in answers}) == 1
    assert len({str(answer.redirect_chain) for answer in answers}) == 1
    assert not never.service_messages.filter(kind=ServiceMessage.Kind.SECURE_LINK).exists()


def test_the_answer_takes_as_long_for_everybody(client, topic, settings):
    settings.CONSTANT_TIME_SECONDS = 0.15
    subscribe(factories.email_address("known@example.org"), topic)

    known = statistics.median(_seconds(client, "known@example.org") for _time in range(3))
    unknown = statistics.median(_seconds(client, "unknown@example.org") for _time in range(3))

    assert min(known, unknown) >= 0.15
    assert abs(known - unknown) < 0.05


def _seconds(client, value):
    began = time.monotonic()
    client.post(PAGE, {"address": value})
    return time.monotonic() - began


@pytest.mark.parametrize("value", ["", "ana", "ana@", "0171 555", "a@x.org b@y.org", "\x00@example.org", "x" * 500])
def test_what_is_no_address_gets_a_sentence(client, db, value):
    page = ask(client, value)

    assert page.status_code == 422
    assert "invalid-feedback" in page.content.decode()


def test_nobody_is_written_to_more_than_three_times_an_hour(client, topic, time_machine):
    time_machine.move_to("2026-05-01 10:00", tick=False)
    address = subscribe(factories.email_address("ana@example.org"), topic)

    answers = {ask(client, "ana@example.org", REMOTE_ADDR=f"198.51.{n}.1").content for n in range(20)}

    assert address.service_messages.filter(kind=ServiceMessage.Kind.SECURE_LINK).count() == 3
    assert len(answers) == 1


def test_nobody_is_written_to_more_than_ten_times_a_day(client, topic, time_machine):
    time_machine.move_to("2026-05-01 00:00", tick=False)
    address = subscribe(factories.email_address("ana@example.org"), topic)

    [(ask(client, "ana@example.org"), time_machine.shift(20 * 60)) for _time in range(60)]

    assert address.service_messages.filter(kind=ServiceMessage.Kind.SECURE_LINK).count() == 10


def test_the_limit_counts_every_spelling_and_every_form(db):
    spellings = ["ana@example.org", "ANA@example.org", " ana@EXAMPLE.org"]

    assert [rate_limit.allows_address("email", spelling, "net") for spelling in spellings] == [True] * 3
    assert not rate_limit.allows_address("email", "ana@example.org", "net")


def test_one_network_cannot_have_everybody_written_to(db, settings):
    settings.FORMS_PER_NETWORK_PER_HOUR = 5

    allowed = [rate_limit.allows_address("email", f"victim{n}@example.org", "203.0.113.0/24") for n in range(8)]

    assert allowed == [True] * 5 + [False] * 3
    assert rate_limit.allows_address("email", "ana@example.org", "198.51.100.0/24")
