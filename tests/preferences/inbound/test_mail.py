"""Mail that comes back: it may lower and never raise, once, and only where it shows whose it is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from preferences.consent import eligibility, ledger
from preferences.consent import service as consent
from preferences.contacts import erasure
from preferences.inbound import mail as inbound_mail
from preferences.links import mailto, tokens
from preferences.links.tokens import TokenClaims
from preferences.models import InboundMessage, InboundOutcome, ServiceMessage, Source, Subscription, Suppression
from preferences.presentation import message_templates
from tests import factories
from tests.conftest import subscribe
from tests.preferences.inbound.mails import UUID_OF_NOBODY, bounce, complaint, mail

Kind = ServiceMessage.Kind
Meaning = InboundMessage.Meaning
Status = Subscription.Status


@pytest.fixture(autouse=True)
def way_out(settings):
    settings.UNSUBSCRIBE_MAILTO = "out@in.example.org"


@pytest.fixture
def come(db):
    """A mail comes back, each the first of its kind unless it has an id."""
    ids = iter(range(1000))

    def take(raw, provider_id=None):
        return inbound_mail.receive_mail(raw, provider="test", provider_id=provider_id or f"mail-{next(ids)}")

    return take


def way_out_of(address, topic, **about):
    return mailto.unsubscribe_mailbox(TokenClaims(address.pk, 0, topic=topic.pk, **about))


def head_of_a_message(address, topic, **about):
    """What a report returns of a campaign's mail."""
    header = mailto.list_unsubscribe_header(address, topic, **about)
    return f"Message-ID: <{UUID_OF_NOBODY}@testserver>\nList-Unsubscribe: {header}\n".encode()


def theirs(address, **headers):
    return {"sender": f"Somebody <{address.value}>", **headers}


def confirmations(address):
    return address.service_messages.filter(kind=Kind.UNSUBSCRIBED).count()


@pytest.mark.parametrize("body", ["", "unsubscribe", "I love your letters", "<script>alert(1)</script>\x00"])
@pytest.mark.parametrize("author", ["ana@example.org", "somebody.else@other.example", ""])
def test_any_mail_to_the_way_out_leaves_what_it_came_in_and_nothing_is_asked(come, subscriber, topic, body, author):
    other = subscribe(subscriber, factories.TopicFactory(sender=topic.sender)).subscriptions.exclude(topic=topic).get()
    origin = tokens.message_reference(TokenClaims(0, 0, message=5))

    received = come(mail(body, sender=author, to=way_out_of(subscriber, topic, message=5)))

    event = subscriber.subscriptions.get(topic=topic).event
    assert (event.kind, event.source, event.method, event.origin) == ("withdrawn", "mail", "header", origin)
    assert (received.meaning, received.matched_by, received.address) == (Meaning.OPT_OUT, "mail:token", subscriber)
    assert confirmations(subscriber) == 1
    other.refresh_from_db()
    assert other.status == Status.ACTIVE


def test_the_way_out_of_a_sign_up_leaves_all_that_it_was_about(come, topic):
    second = factories.TopicFactory(sender=topic.sender)
    address = subscribe(factories.email_address(), topic, second)
    summary = address.service_messages.get(kind=Kind.SUBSCRIBED)

    come(mail(to=way_out_of(address, topic, service_message=summary.pk)))

    assert set(address.subscriptions.values_list("status", flat=True)) == {Status.ENDED}
    assert confirmations(address) == 1


def test_the_letter_of_a_sign_up_carries_its_way_out_by_mail(come, subscriber, topic):
    content = message_templates.compose_message(subscriber.service_messages.get(kind=Kind.SUBSCRIBED)).content.decode()
    line = next(line for line in content.splitlines() if line.startswith("List-Unsubscribe: "))

    come(mail(to=line.partition("<mailto:")[2].partition("?")[0]))

    assert eligibility.first_objection(subscriber, topic) == "left"


def test_the_same_mail_twice_is_one_act(come, subscriber, topic):
    raw = mail(to=way_out_of(subscriber, topic))

    first, second = come(raw, "same"), come(raw, "same")

    assert first == second
    assert subscriber.events.filter(kind="withdrawn").count() == confirmations(subscriber) == 1


def test_without_an_id_the_same_bytes_are_the_same_mail(subscriber, topic):
    raw = mail(to=way_out_of(subscriber, topic))

    rows = {inbound_mail.receive_mail(raw, provider="imap").pk for _again in range(3)}

    assert len(rows) == 1


def test_an_old_way_out_delivered_again_does_not_undo_a_newer_yes(come, subscriber, topic):
    raw = mail(to=way_out_of(subscriber, topic))
    come(raw, "same")
    subscribe(subscriber, topic)

    come(raw, "same")

    assert eligibility.first_objection(subscriber, topic) == ""


def test_a_forged_way_out_lets_nobody_out(come, subscriber, topic):
    token = mailto.make_mailto_token(TokenClaims(subscriber.pk, 0, topic=topic.pk))

    received = come(mail("hello", to=f"out+{token[::-1]}@in.example.org", sender="eve@evil.example"))

    assert (received.meaning, received.address) == (Meaning.OTHER, None)
    assert eligibility.first_objection(subscriber, topic) == ""


def test_a_forgotten_person_has_nothing_left_to_leave_and_their_words_are_not_kept(come, subscriber, topic, author):
    to = way_out_of(subscriber, topic)
    erasure.erase(subscriber.contact, by=author)

    received = come(mail("my name is Ana", to=to))

    assert received.outcome == InboundOutcome.ERASED
    assert (received.raw_text, received.normal_text, received.address) == ("", "", None)


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("unsubscribe", ""),
        ("", "STOP"),
        ("Re: A tip for spring", "Unsubscribe\n\nAna\n\nOn Tue, 3 Nov 2026, News <news@harbour.example> wrote:\n> Hi"),
        ("Hello", "Abmelden\n\nSent from my iPhone"),
    ],
)
def test_a_no_in_a_persons_own_words_turns_everything_off_and_is_confirmed_once(come, subscriber, topic, subject, body):
    received = come(mail(body, **theirs(subscriber, subject=subject)))
    come(mail(body, **theirs(subscriber, subject=subject)))

    event = subscriber.events.filter(kind="withdrawn").get()
    assert (event.topic, event.source, event.method) == (None, Source.EMAIL, "own_words")
    assert (received.meaning, received.outcome) == (Meaning.OPT_OUT, InboundOutcome.OPTED_OUT)
    assert eligibility.first_objection(subscriber, topic) == "stopped"
    assert confirmations(subscriber) == 1


def test_the_subject_of_our_own_mail_in_an_answer_stops_nobody(come, subscriber, topic):
    come(mail("Thank you, that helped.", **theirs(subscriber, subject="Re: Stop")))

    assert eligibility.first_objection(subscriber, topic) == ""


def test_a_no_from_an_address_we_do_not_know_waits_for_a_person_and_is_not_answered(come, subscriber):
    received = come(mail("STOP", sender="unknown@other.example"))

    assert (received.address, received.due_at is not None) == (None, True)
    assert not ServiceMessage.objects.filter(kind=Kind.UNSUBSCRIBED).exists()


def test_a_no_of_somebody_nobody_ever_wrote_to_is_honoured(come, address):
    come(mail("STOP", **theirs(address)))

    assert Suppression.objects.of(address).in_force().get().reason == "stopped"


def test_a_question_waits_for_a_person_and_changes_nothing(come, subscriber, topic):
    received = come(mail("When do you open on Monday?", **theirs(subscriber)))

    assert (received.meaning, received.address) == (Meaning.OTHER, subscriber)
    assert received.due_at is not None
    assert eligibility.first_objection(subscriber, topic) == ""


@pytest.mark.parametrize("word", ["START", "YES", "HELP", "subscribe"])
def test_a_mail_never_brings_anybody_back_and_gets_no_answer_of_a_machine(come, subscriber, topic, word):
    consent.withdraw_all(subscriber, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)
    owed = subscriber.service_messages.count()

    come(mail(word, **theirs(subscriber)))

    assert eligibility.first_objection(subscriber, topic) == "stopped"
    assert subscriber.service_messages.count() == owed


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Return_Path": "<>"},
        {"X_Autoreply": "yes"},
        {"Precedence": "bulk"},
        {"X_Auto_Response_Suppress": "All"},
        {"subject": "Out of office: A tip for spring"},
    ],
)
@pytest.mark.parametrize("body", ["I am away until Monday. For appointments please call Ben.", ""])
def test_an_out_of_office_answer_changes_nothing_and_is_never_answered(come, subscriber, topic, headers, body):
    owed = subscriber.service_messages.count()

    received = come(mail(body, **theirs(subscriber, **headers)))

    assert (received.meaning, received.due_at) == (Meaning.AUTOMATIC, None)
    assert eligibility.first_objection(subscriber, topic) == ""
    assert subscriber.service_messages.count() == owed


@pytest.mark.parametrize("body", ["STOP", "unsubscribe"])
def test_what_certainly_comes_from_a_machine_opts_nobody_out_whatever_it_says(come, subscriber, topic, body):
    come(mail(body, **theirs(subscriber, Auto_Submitted="auto-replied")))

    assert eligibility.first_objection(subscriber, topic) == ""


def test_what_might_be_a_persons_no_is_held_until_somebody_has_read_it(come, subscriber, topic):
    received = come(mail("STOP", **theirs(subscriber, Precedence="bulk")))

    assert (received.meaning, received.due_at is not None) == (Meaning.REVIEW, True)
    assert eligibility.first_objection(subscriber, topic) == "held"
    assert not confirmations(subscriber)


def test_a_mailbox_that_does_not_exist_is_given_up(come, subscriber, topic):
    received = come(bounce(head_of_a_message(subscriber, topic), to=subscriber.value))

    assert (received.meaning, received.matched_by) == (Meaning.BOUNCE, "rfc3464:failed:5.1.1")
    assert eligibility.first_objection(subscriber, topic) == "bounced"
    assert not subscriber.events.filter(kind="withdrawn").exists()


def test_a_full_mailbox_is_given_up_after_the_fifth_time_in_thirty_days(come, subscriber, topic, time_machine):
    full = bounce(head_of_a_message(subscriber, topic), status="5.2.2", code="smtp; 552 5.2.2 full")
    time_machine.move_to(timezone.now() - timedelta(days=31))
    come(full)
    time_machine.move_to(timezone.now() + timedelta(days=31))
    outcomes = [come(full).outcome for _day in range(4)]

    assert outcomes == [f"soft_bounce_counted:{many}:5" for many in range(1, 5)]
    assert eligibility.first_objection(subscriber, topic) == ""
    come(full)
    assert eligibility.first_objection(subscriber, topic) == "bounced"


@pytest.mark.parametrize("action", ["delayed", "delivered"])
def test_a_report_of_a_delay_or_of_success_counts_for_nothing(come, subscriber, topic, action):
    reports = [come(bounce(head_of_a_message(subscriber, topic), action=action)) for _day in range(6)]

    assert {report.outcome for report in reports} == {InboundOutcome.REPORT_NOT_FINAL}
    assert eligibility.first_objection(subscriber, topic) == ""


def test_a_bounce_of_a_reply_is_known_by_its_message_id(come, topic, address):
    reply = consent.ask(address, [topic.notices.get()], source=Source.SIGN_UP)

    come(bounce(f"Message-ID: <{reply.reference}@testserver>\n".encode()))

    assert Suppression.objects.of(address).in_force().get().reason == "bounced"


FORGED_HEADS = [
    b"",
    b"Message-ID: <hello@testserver>\n",
    f"Message-ID: <{UUID_OF_NOBODY}@testserver>\n".encode(),
    b"List-Unsubscribe: <http://testserver/u/1-1-1-0-0-0.1abcde.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/>\n",
    b"List-Unsubscribe: <mailto:out+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@in.example.org>\n",
]


@pytest.mark.parametrize("head", FORGED_HEADS)
@pytest.mark.parametrize("forge", [bounce, complaint])
def test_a_report_that_does_not_return_what_we_signed_stops_nobody(come, subscriber, topic, head, forge):
    report = forge(head).replace(b"ana@example.org", subscriber.value.encode())
    report = report.replace(b"report@mx.example.org", subscriber.value.encode())

    received = come(report)

    assert received.address is None
    assert eligibility.first_objection(subscriber, topic) == ""


def test_a_report_about_one_person_cannot_be_turned_against_another(come, subscriber, topic):
    eve = subscribe(factories.email_address(), topic)

    come(bounce(head_of_a_message(eve, topic), to=subscriber.value))

    assert eligibility.first_objection(subscriber, topic) == ""
    assert eligibility.first_objection(eve, topic) == "bounced"


@pytest.mark.parametrize("kind", ["abuse", "fraud", "other", "virus"])
def test_a_spam_complaint_is_a_no_to_everything(come, subscriber, topic, kind):
    received = come(complaint(head_of_a_message(subscriber, topic), kind=kind))

    assert (received.meaning, received.matched_by) == (Meaning.COMPLAINT, f"rfc5965:{kind}")
    assert eligibility.first_objection(subscriber, topic) == "complained"
    assert not confirmations(subscriber)


@pytest.mark.parametrize("kind", ["not-spam", "auth-failure"])
def test_a_report_in_which_nobody_complains_changes_nothing(come, subscriber, topic, kind):
    come(complaint(head_of_a_message(subscriber, topic), kind=kind))

    assert eligibility.first_objection(subscriber, topic) == ""


def test_an_unsubscribe_passed_on_as_a_report_leaves_the_topic(come, subscriber, topic):
    come(complaint(head_of_a_message(subscriber, topic), kind="opt-out"))

    assert eligibility.first_objection(subscriber, topic) == "left"


def test_a_complaint_without_proof_waits_for_a_person(come):
    assert come(complaint(b"")).due_at is not None


@pytest.mark.parametrize("raw", [b"", b"\x00" * 3000, b"Content-Type: message/rfc822\n\n" * 20_000])
def test_a_mail_that_cannot_be_read_is_kept(come, raw):
    received = come(raw)

    assert received.meaning == Meaning.OTHER
    assert "\x00" not in received.raw_text


def test_a_mail_that_breaks_something_is_kept_for_a_person(monkeypatch, subscriber):
    monkeypatch.setitem(inbound_mail.mail_actions.ACTIONS, Meaning.OTHER, lambda mail: 1 / 0)

    received = inbound_mail.receive_safely(mail("Hello", **theirs(subscriber)), provider="test")

    assert received.outcome_label == "This message could not be processed: ZeroDivisionError."
    assert received.due_at is not None
    assert "Hello" in received.raw_text


def test_a_long_story_is_kept_to_a_readable_length(come, subscriber):
    assert len(come(mail("word " * 100_000, **theirs(subscriber))).raw_text) == 10_000


def test_the_ledger_adds_up_after_leaving_by_mail(come, subscriber, topic):
    come(mail(to=way_out_of(subscriber, topic)))

    assert ledger.fold(subscriber, topic) == subscriber.subscriptions.get().status == Status.ENDED
