"""The mailbox is emptied over a real socket: each mail once, whatever happens in between."""

import ssl

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from config.celery import app
from preferences.consent import eligibility
from preferences.inbound import imap_poll, tasks
from preferences.links import mailto
from preferences.links.tokens import TokenClaims
from preferences.models import InboundMessage, ServiceMessage
from tests.imap_server import HOST, PASSWORD, USER, Mailbox
from tests.preferences.inbound.mails import mail

DONE = imap_poll.DONE_FOLDER


@pytest.fixture
def settings_of(settings):
    """Let the settings name this mailbox."""

    def name(box):
        settings.IMAP_HOST, settings.IMAP_PORT, settings.IMAP_SSL = HOST, box.port, bool(box.context)
        settings.IMAP_USER, settings.IMAP_PASSWORD = USER, PASSWORD
        return box

    return name


@pytest.fixture
def box(db, settings_of):
    with Mailbox() as mailbox_:
        yield settings_of(mailbox_)


@pytest.fixture
def way_out(settings, subscriber, topic):
    settings.UNSUBSCRIBE_MAILTO = "out@in.example.org"
    return mail(to=mailto.unsubscribe_mailbox(TokenClaims(subscriber.pk, 0, topic=topic.pk)))


def test_a_way_out_in_the_mailbox_lets_somebody_out_and_is_laid_aside(box, way_out, subscriber, topic):
    box.put(way_out)

    visit = imap_poll.poll_once()

    assert eligibility.first_objection(subscriber, topic) == "left"
    assert (box.contents("INBOX"), box.contents(DONE)) == ([], [way_out])
    assert (visit.trouble, visit.addresses) == ("", [subscriber])


def test_what_is_read_is_neither_marked_nor_moved_before_it_is_kept(box, way_out):
    kept = []
    box.before["UID STORE"] = lambda: kept.append(len(box.contents("INBOX")))
    box.put(way_out)

    imap_poll.poll_once()

    assert box.heard == [
        "CAPABILITY", "LOGIN", "CAPABILITY", "SELECT", "UID SEARCH", "UID FETCH",
        "UID STORE", "UID MOVE", "CREATE", "UID MOVE", "LOGOUT",
    ]  # fmt: skip
    assert kept == [1]


def test_no_transaction_is_open_while_the_mailbox_is_spoken_to(transactional_db, settings_of, way_out):
    open_ones = []
    look = lambda: open_ones.append(transaction.get_connection().in_atomic_block)  # noqa: E731
    with Mailbox(before={"UID FETCH": look, "UID STORE": look, "UID MOVE": look}) as box:
        settings_of(box).put(way_out)

        imap_poll.poll_once()

    assert set(open_ones) == {False}


@pytest.mark.parametrize("lacks", [{"MOVE"}, {"MOVE", "UIDPLUS"}])
def test_a_server_that_cannot_move_is_asked_to_copy_and_delete(box, way_out, lacks):
    box.lacks = lacks
    box.put(way_out)

    imap_poll.poll_once()

    assert (box.contents("INBOX"), box.contents(DONE)) == ([], [way_out])


def test_a_mail_that_a_colleague_has_opened_is_read_all_the_same(box, way_out, subscriber, topic):
    uid = box.put(way_out)
    box.folders["INBOX"][uid].flags.add("\\Seen")

    imap_poll.poll_once()

    assert eligibility.first_objection(subscriber, topic) == "left"


@pytest.mark.parametrize("refused", ["UID STORE", "UID MOVE"])
def test_a_mail_that_was_read_and_not_laid_aside_has_no_second_effect(box, way_out, subscriber, refused):
    box.refuses = {"UID STORE", "UID MOVE", refused}
    box.put(way_out)
    imap_poll.poll_once()
    box.refuses = set()

    imap_poll.poll_once()

    assert subscriber.events.filter(kind="withdrawn").count() == 1
    assert subscriber.service_messages.filter(kind=ServiceMessage.Kind.UNSUBSCRIBED).count() == 1
    assert InboundMessage.objects.count() == 1
    assert box.contents("INBOX") == []


def test_a_mail_that_cannot_be_moved_is_not_met_for_ever_and_the_trouble_is_told(box, way_out):
    box.refuses = {"UID MOVE"}
    box.put(way_out)

    first, second = imap_poll.poll_once(), imap_poll.poll_once()

    assert first.trouble == "The mailbox refused MOVE: UID MOVE is refused"
    assert (len(first.taken), len(second.taken)) == (1, 0)


def test_a_mail_that_has_to_stay_keeps_nobody_elses_from_being_read(box, way_out, subscriber, topic):
    box.refuses, box.keeps_flags = {"UID MOVE"}, False
    box.put(mail("Hello"))
    box.put(way_out)

    imap_poll.poll_once()

    assert eligibility.first_objection(subscriber, topic) == "left"


def test_a_mail_that_cannot_be_read_is_kept_for_a_person_and_the_next_is_read(box, way_out, subscriber, topic):
    box.put(b"Content-Type: message/rfc822\n\n" * 20_000)
    box.put(way_out)

    imap_poll.poll_once()

    assert eligibility.first_objection(subscriber, topic) == "left"
    broken = InboundMessage.objects.get(matched_by="mail:broken")
    assert broken.meaning == InboundMessage.Meaning.OTHER
    assert len(box.contents(DONE)) == 2


def test_a_large_mail_is_read_only_as_far_as_needed(box, subscriber):
    box.put(mail("word " * 500_000, sender=subscriber.value))

    visit = imap_poll.poll_once()

    assert visit.taken[0].address == subscriber
    assert len(visit.taken[0].raw_text) == 10_000


def test_the_same_mail_delivered_twice_is_one_row(box, way_out):
    box.put(way_out)
    box.put(way_out)

    imap_poll.poll_once()

    assert InboundMessage.objects.count() == 1
    assert box.contents("INBOX") == []


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ({"IMAP_PASSWORD": "wrong"}, "refused LOGIN"),
        ({"IMAP_FOLDER": "Elsewhere"}, "refused SELECT"),
        ({"IMAP_PORT": 1}, "does not answer"),
        ({"IMAP_HOST": "no-such-host.invalid"}, "does not answer"),
        ({"IMAP_SSL": True}, "does not answer"),
    ],
)
def test_a_mailbox_that_cannot_be_opened_is_told_in_a_sentence_and_tried_again(box, settings, way_out, harm, words):
    box.put(way_out)
    for name, value in harm.items():
        setattr(settings, name, value)

    assert words in imap_poll.poll_once().trouble
    assert box.contents("INBOX") == [way_out]


def test_a_server_that_hangs_up_in_the_middle_loses_nothing(box, way_out, subscriber, topic, settings):
    def hang_up():
        raise ConnectionResetError

    box.before["UID FETCH"] = hang_up
    box.put(way_out)
    broken_off = imap_poll.poll_once()
    box.before = {}

    imap_poll.poll_once()

    assert "does not answer" in broken_off.trouble
    assert eligibility.first_objection(subscriber, topic) == "left"


@pytest.mark.parametrize("name", ["IMAP_HOST", "IMAP_USER", "IMAP_PASSWORD"])
def test_the_command_names_the_setting_that_is_missing(box, settings, name):
    setattr(settings, name, "")

    with pytest.raises(CommandError, match=f"set {name}"):
        call_command("poll_mailbox")


def test_the_command_says_what_it_did(box, way_out, capsys):
    box.put(way_out)

    call_command("poll_mailbox")

    assert capsys.readouterr().out == "Opt-out: Unsubscribed from what the message was about.\n1 email was read.\n"


def test_the_clock_reads_the_mailbox_and_what_is_owed_is_woken(box, way_out, subscriber, topic):
    box.put(way_out)

    tasks.poll_mailbox()

    assert eligibility.first_objection(subscriber, topic) == "left"
    assert "preferences.inbound.tasks.poll_mailbox" in app.tasks


def test_without_a_mailbox_the_clock_starts_nothing(settings):
    assert "poll mailbox" not in settings.CELERY_BEAT_SCHEDULE


def test_a_server_that_cannot_prove_its_name_gets_no_password(certificate, db, settings_of, way_out):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    with Mailbox(context=context) as box:
        settings_of(box).put(way_out)

        assert "CERTIFICATE_VERIFY_FAILED" in imap_poll.poll_once().trouble
    assert "LOGIN" not in box.heard


def test_a_mailbox_is_read_under_tls(certificate, db, settings_of, way_out, monkeypatch, subscriber, topic):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "cert.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    with Mailbox(context=context) as box:
        settings_of(box).put(way_out)

        imap_poll.poll_once()

    assert eligibility.first_objection(subscriber, topic) == "left"
