"""Why (not)? The answer is the verdict's own, explained check by check."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from campaigns.audience import service as audience
from campaigns.decision import checks, facts
from campaigns.explain import explanation
from campaigns.explain.check_answers import StepState
from campaigns.models import Message
from campaigns.sending import emergency_stop, sender
from preferences.consent import frequency, suppressions
from preferences.consent import service as consent
from preferences.contacts import erasure
from preferences.contacts import service as contacts
from preferences.models import Basis, Method, Source, Suppression
from preferences.rulebook import book as rulebook
from tests import factories
from tests.conftest import subscribe

NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)  # Tuesday noon in New York
NIGHT = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def mainer(topic):
    """Somebody with a number in Maine who signed up and confirmed it."""
    return subscribe(factories.phone_address("+12075550199"), topic)


def ask(address, topic, at=None):
    return explanation.explain_now_or_at(address, facts.Question(topic, address.channel), at=at)


def step(answer, name):
    return next(one for one in answer.steps if one.name == name)


def fact(answer, name, of):
    return next(one for one in step(answer, of).facts if one.name == name)


def saids(answer):
    return [change.said for change in answer.changes]


def test_who_may_get_it_now_passes_every_check(mainer, topic):
    answer = ask(mainer, topic)

    assert answer.said == "Yes: it would be sent now."
    assert [one.name for one in answer.steps] == list(checks.CHECKS)
    assert {one.state for one in answer.steps} == {StepState.PASSED}
    assert "20:00 in America/New York (Wed 25 Nov 2026, 01:00 UTC)" in saids(answer)[0]


def test_at_night_the_answer_says_when_it_goes_and_which_rule_decided(mainer, topic):
    answer = ask(mainer, topic, at=NIGHT)

    hours = step(answer, "window")
    assert answer.decision == checks.Decision(
        checks.DecisionKind.WAIT, "quiet_hours", datetime(2026, 11, 25, 14, tzinfo=UTC)
    )
    assert answer.said.startswith(
        "Not yet, but on Wed 25 Nov 2026, 09:00 in America/New York (Wed 25 Nov 2026, 14:00 UTC)"
    )
    assert hours.state == StepState.FAILED
    assert [(share.rule.name, share.reference) for share in hours.shares] == [
        ("us-sms-marketing", "47 CFR 64.1200(c)(1)")
    ]
    assert saids(answer) == [
        "Automatically, on Wed 25 Nov 2026, 09:00 in America/New York (Wed 25 Nov 2026, 14:00 UTC)."
    ]
    assert step(answer, "content").state == StepState.NOT_REACHED


def test_every_objection_is_named_and_not_only_the_first(subscriber, topic):
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE)
    suppressions.suppress(subscriber, Suppression.Reason.BOUNCED)
    suppressions.suppress(subscriber, Suppression.Reason.COMPLAINED)

    answer = ask(subscriber, topic)

    assert [name for name, _words in answer.objections] == ["complained", "bounced", "left"]
    assert answer.said == "No: reported our message as spam."
    assert "Only the person can, by a new sign-up that they confirm." in saids(answer)
    assert "A colleague can, by lifting the suppression when the address works again." in saids(answer)


def test_a_bounce_behind_a_restriction_is_shown_where_it_belongs(subscriber, topic):
    contacts.restrict(subscriber.contact)
    suppressions.suppress(subscriber, Suppression.Reason.BOUNCED)

    answer = ask(subscriber, topic)

    assert answer.decision.reason == "restricted"
    assert step(answer, "suppression").state == StepState.FAILED
    assert step(answer, "restriction").state == StepState.FAILED


def test_a_check_that_is_not_reached_still_says_what_it_would_say(mainer, topic):
    consent.withdraw(mainer, topic, source=Source.UNSUBSCRIBE_PAGE)

    answer = ask(mainer, topic, at=NIGHT)

    assert answer.decision.reason == "left"
    assert step(answer, "window").state == StepState.NOT_REACHED
    assert step(answer, "window").decision.reason == "quiet_hours"
    assert saids(answer) == ["Only the person can, by a new sign-up that they confirm."]


@pytest.mark.parametrize("reason", ["stopped", "complained", "bounced", "reassigned", "held", "permanent"])
def test_the_verdict_is_the_gates_own(reason, subscriber, topic):
    suppressions.suppress(subscriber, reason)

    known = facts.facts_for(type(subscriber).objects.all(), facts.Question(topic, "email"), NOON)[subscriber.pk]

    assert ask(subscriber, topic).decision.reason == known.facts.objection


def test_a_yes_that_is_too_weak_names_what_is_missing_and_the_rule_that_wants_it(phone, topic):
    how = {"source": Source.STAFF, "method": Method.VERBAL, "by": factories.UserFactory()}
    consent.grant(phone, topic, **how)

    answer = ask(phone, topic)

    missing = fact(answer, "demands_missing", of="consent")
    assert answer.decision.reason == "consent_too_weak"
    assert {"address_confirmed", "e_signature", "pewc_disclosure"} <= set(missing.value)
    assert [share.rule.name for share in step(answer, "consent").shares][:1] == ["us-sms-marketing"]
    assert (
        saids(answer)[0]
        == "First, a colleague must publish consent wording with the disclosures required for marketing text messages."
    )


def test_the_consent_leads_to_the_yes_its_notice_and_the_ledger(mainer, topic):
    yes = mainer.subscriptions.get().granted

    answer = ask(mainer, topic)

    assert fact(answer, "granted", of="consent").links[0].pk == yes.pk
    assert fact(answer, "notice", of="consent").links[0].pk == yes.notice_id
    assert [link.pk for link in fact(answer, "ledger", of="consent").links] == list(
        mainer.events.order_by("-pk").values_list("pk", flat=True)
    )


def test_a_clock_says_on_which_day_it_ends_and_who_set_it(topic):
    topic.sender.country = "CA"
    topic.sender.save()
    address = factories.email_address(country="CA")
    how = {"source": Source.IMPORT, "method": Method.WRITTEN, "basis": Basis.PURCHASE, "basis_on": date(2025, 1, 15)}
    consent.grant(address, topic, **how)

    answer = ask(address, topic, at=datetime(2026, 11, 24, 16, 0, tzinfo=UTC))
    later = ask(address, topic, at=datetime(2027, 1, 15, 17, 0, tzinfo=UTC))

    assert fact(answer, "clock_ends", of="clock").value == date(2027, 1, 15)
    assert [share.rule.jurisdiction for share in step(answer, "clock").shares] == ["CA"]
    assert step(later, "clock").decision.reason == "implied_consent_over"


def test_an_old_consent_has_to_be_asked_for_again_from_a_day_on(mainer, topic):
    day = fact(ask(mainer, topic), "ask_again_from", of="repermission").value

    answer = ask(mainer, topic, at=datetime(day.year, day.month, day.day, 17, tzinfo=UTC))

    assert answer.decision.reason == "permission_too_old"
    assert "Only the person can, by giving consent again." in saids(answer)


def test_a_cap_shows_the_messages_that_count_and_when_there_is_room(started, subscriber, topic, mail_server):
    audience.freeze(started)
    sender.send_batch(started)
    message = Message.objects.get()

    answer = ask(subscriber, topic, at=NOON + timedelta(minutes=5))

    assert answer.decision.reason == "over_cap"
    assert [link.pk for link in fact(answer, "counted", of="caps").links] == [message.pk]
    assert fact(answer, "cap_day", of="caps").value == {"got": 1, "most": 1}
    assert answer.decision.until > NOON


def test_their_own_limit_says_when_it_has_room_again(started, subscriber, topic, mail_server):
    audience.freeze(started)
    sender.send_batch(started)
    frequency.set_frequency_cap(subscriber, topic, most_per_month=1, source=Source.PREFERENCES)

    answer = ask(subscriber, topic, at=NOON + timedelta(days=2))

    again = NOON + timedelta(days=30, seconds=1)
    assert answer.decision.reason == "over_limit"
    assert fact(answer, "limit", of="wishes").value == {"got": 1, "most": 1}
    assert answer.changes[0].at == again
    assert ask(subscriber, topic, at=again).decision.kind == checks.DecisionKind.SEND


def test_a_pause_ends_by_itself_on_its_day(mainer, topic):
    until = NOON + timedelta(days=10)
    frequency.pause_messages(mainer, topic, until=until, source=Source.PREFERENCES)

    assert ask(mainer, topic).changes[0].at == until
    assert ask(mainer, topic, at=until + timedelta(hours=1)).decision.kind == checks.DecisionKind.SEND


def test_a_term_that_has_run_out_by_then_counts_then(mainer, topic):
    how = {"source": Source.STAFF, "method": Method.WRITTEN, "by": factories.UserFactory()}
    address = factories.phone_address()
    consent.grant(address, topic, until=NOON + timedelta(days=3), **how)

    answer = ask(address, topic, at=NOON + timedelta(days=4))

    assert "expired" in dict(answer.objections)


def test_the_stop_switch_holds_everything_and_says_who_threw_it(subscriber, topic, author):
    emergency_stop.activate(by=author, reason="The wrong price is in every mail.")

    answer = ask(subscriber, topic)

    assert answer.decision.is_held
    assert "author paused all sending" in fact(answer, "stop_switch", of="stop_switch").said
    assert saids(answer) == ["A colleague can, by resuming sending after the emergency stop."]


def test_who_is_nowhere_known_waits_for_a_colleague(topic):
    address = subscribe(factories.email_address(country="XX"), topic)

    answer = ask(address, topic)

    assert answer.decision.is_held
    assert answer.decision.reason == "nowhere_known"
    assert "by adding the country" in saids(answer)[0]


def test_a_topic_without_a_campaign_lacks_no_labels(topic):
    address = subscribe(factories.phone_address("+821012345678"), topic)

    answer = ask(address, topic, at=datetime(2026, 11, 25, 3, tzinfo=UTC))

    assert answer.terms.labels
    assert step(answer, "content").decision is None


def test_an_erased_person_is_told_of_without_their_address(subscriber, topic):
    erasure.erase(subscriber.contact, by=factories.UserFactory())
    subscriber.refresh_from_db()

    answer = ask(subscriber, topic)

    assert answer.said == "No: data erased on request."
    assert answer.address.value == ""


def test_the_answer_costs_as_many_queries_however_much_there_is(subscriber, topic, django_assert_max_num_queries):
    contacts.add_address("sms", "+12075550198", contact=subscriber.contact)
    suppressions.suppress(subscriber, Suppression.Reason.BOUNCED)
    suppressions.suppress(subscriber, Suppression.Reason.COMPLAINED)
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE)
    rulebook.current_rulebook()

    with django_assert_max_num_queries(13):
        ask(subscriber, topic)


def test_asking_writes_nothing(mainer, topic, django_assert_max_num_queries):
    with django_assert_max_num_queries(13) as asked:
        ask(mainer, topic)

    assert [query["sql"][:6] for query in asked.captured_queries] == ["SELECT"] * len(asked)
