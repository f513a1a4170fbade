"""Mail: what is composed arrives byte for byte, and every failure has exactly one meaning."""

import time

import pytest

from preferences.channels import connection as channels
from preferences.channels import email
from preferences.channels.outcomes import Result
from preferences.codes.send_details import SendDetail
from tests.sinks import MailSink, ScriptedMailServer, drop, hang, reset, say, trickle

MAIL = email.Mail("news@clinic.example", "ana@example.org", b"Message-ID: <1@clinic.example>\r\n\r\nHello\r\n")
LARGE = email.Mail(MAIL.sender, MAIL.to, MAIL.content + b"0123456789abcdef\r\n" * 500_000)


@pytest.fixture(autouse=True)
def short_waits(settings):
    settings.SEND_FENCE_SECONDS = 0.5
    settings.EMAIL_TIMEOUT = 0.25


@pytest.fixture
def relay(settings):
    with MailSink() as sink:
        settings.SEND_FENCE_SECONDS, settings.EMAIL_TIMEOUT = 10, 5
        settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
        yield sink


@pytest.fixture
def scripted(settings):
    with ScriptedMailServer() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.host, server.port
        yield lambda script: server.script.update(script) or server


def send(parcel=MAIL):
    with channels.connect("email") as connection:
        return connection.send(parcel)


ENDINGS = [
    # what the server does                               what became of the mail
    ({"banner": hang}, Result.TRY_LATER),
    ({"banner": drop}, Result.TRY_LATER),
    ({"banner": "421 too busy"}, Result.TRY_LATER),
    ({"banner": "554 go away"}, Result.TRY_LATER),
    ({"banner": say("HTTP/1.1 400 Bad Request\r\n\r\n")}, Result.TRY_LATER),
    ({"EHLO": "550 no", "HELO": "550 no"}, Result.TRY_LATER),
    ({"EHLO": hang}, Result.TRY_LATER),
    ({"MAIL": "421 closing"}, Result.TRY_LATER),
    ({"MAIL": "450 later"}, Result.TRY_LATER),
    ({"MAIL": "530 log in first"}, Result.TRY_LATER),
    ({"MAIL": "553 never you"}, Result.REFUSED),
    ({"MAIL": drop}, Result.TRY_LATER),
    ({"RCPT": "421 closing"}, Result.TRY_LATER),
    ({"RCPT": "450 greylisted"}, Result.TRY_LATER),
    ({"RCPT": "550 no such user"}, Result.REFUSED),
    ({"RCPT": "550-no such\n550 user"}, Result.REFUSED),
    ({"RCPT": drop}, Result.TRY_LATER),
    ({"RCPT": reset}, Result.TRY_LATER),
    ({"RCPT": hang}, Result.TRY_LATER),
    ({"RCPT": "x" * 20_000}, Result.TRY_LATER),
    ({"RCPT": "\n".join(["250-and"] * 300)}, Result.TRY_LATER),
    ({"DATA": "250 what?"}, Result.TRY_LATER),
    ({"DATA": "451 later"}, Result.TRY_LATER),
    ({"DATA": "554 no valid recipients"}, Result.REFUSED),
    ({"DATA": drop}, Result.TRY_LATER),
    ({"DATA": hang}, Result.TRY_LATER),
    ({"dot": "250 queued"}, Result.SENT),
    ({"dot": "250-queued\n250 thanks"}, Result.SENT),
    ({"dot": "421 closing"}, Result.TRY_LATER),
    ({"dot": "451 try again"}, Result.TRY_LATER),
    ({"dot": "554 looks like spam"}, Result.REFUSED),
    ({"dot": drop}, Result.UNKNOWN),
    ({"dot": reset}, Result.UNKNOWN),
    ({"dot": hang}, Result.UNKNOWN),
    ({"dot": "thanks!"}, Result.UNKNOWN),
    ({"dot": "354 more"}, Result.UNKNOWN),
    ({"dot": "250-queued\n554 or not"}, Result.UNKNOWN),
    ({"dot": say("250 que")}, Result.UNKNOWN),
    ({"dot": "2" * 20_000}, Result.UNKNOWN),
    ({"QUIT": drop}, Result.SENT),
]


@pytest.mark.parametrize(("script", "expected"), ENDINGS)
def test_every_way_to_fail_has_one_meaning(scripted, script, expected):
    scripted(script)

    outcome = send()

    assert outcome.result == expected


@pytest.mark.parametrize("middle", [drop, reset, hang, say("421 closing\r\n")])
def test_a_message_cut_off_before_its_end_was_certainly_not_sent(scripted, middle):
    server = scripted({"middle": middle})

    outcome = send(LARGE)

    assert outcome.result == Result.TRY_LATER
    assert server.accepted == []


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("banner", Result.TRY_LATER),
        ("RCPT", Result.TRY_LATER),
        ("DATA", Result.TRY_LATER),
        ("dot", Result.UNKNOWN),
    ],
)
def test_a_trickling_server_cannot_hold_a_hand_over_past_its_deadline(scripted, step, expected):
    scripted({step: trickle})
    connection = channels.connect("email")
    started = time.monotonic()

    outcome = connection.send(MAIL)

    assert outcome.result == expected
    assert time.monotonic() - started < 1


def test_the_caller_may_allow_less_time_than_the_settings(scripted):
    scripted({"RCPT": trickle})
    connection = channels.connect("email")
    started = time.monotonic()

    connection.send(MAIL, within=0.1)

    assert time.monotonic() - started < 0.4


def test_a_server_that_ignores_the_goodbye_does_not_undo_the_sending(scripted, monkeypatch):
    monkeypatch.setattr(email, "GOODBYE_SECONDS", 0.1)
    scripted({"QUIT": hang})

    assert send().result == Result.SENT


def test_no_server_at_all_is_a_matter_for_later(settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    assert send().result == Result.TRY_LATER


def test_what_the_server_says_is_shown_without_the_address(scripted):
    scripted({"RCPT": "550 <Ana@example.org>: user unknown"})

    assert send().detail == "550 <…>: user unknown"


def test_many_messages_share_one_connection(relay):
    with channels.connect("email") as connection:
        outcomes = [connection.send(MAIL) for _ in range(5)]

    assert {outcome.result for outcome in outcomes} == {Result.SENT}
    assert (relay.connections, len(relay.messages)) == (1, 5)


def test_one_refused_recipient_does_not_spoil_the_connection_for_the_next(relay):
    relay.refusals = {"gone@example.org": "550 no such user"}

    with channels.connect("email") as connection:
        refused = connection.send(email.Mail(MAIL.sender, "gone@example.org", MAIL.content))
        sent = connection.send(MAIL)

    assert (refused.result, sent.result) == (Result.REFUSED, Result.SENT)
    assert relay.connections == 1
    assert [mail.to for mail in relay.messages] == [[MAIL.to]]


def test_after_a_dropped_connection_the_next_message_gets_a_new_one(scripted):
    server = scripted({"dot": drop})

    with channels.connect("email") as connection:
        connection.send(MAIL)
        server.script = {}
        second = connection.send(MAIL)

    assert second.result == Result.SENT
    assert server.connections == 2


def test_a_server_that_hung_up_between_two_messages_costs_nothing(scripted):
    server = scripted({})
    connection = channels.connect("email")
    connection.send(MAIL)
    server.hang_up()

    second = connection.send(MAIL)

    assert second.result == Result.SENT
    assert server.connections == 2


def test_an_answer_to_the_last_message_is_never_taken_for_the_next(scripted):
    server = scripted({"dot": "250 queued\n250 queued"})

    with channels.connect("email") as connection:
        connection.send(MAIL)
        server.script = {"dot": "554 spam"}
        second = connection.send(MAIL)

    assert second.result == Result.REFUSED


def test_a_sent_message_is_known_by_its_message_id(relay):
    assert send().provider_id == "<1@clinic.example>"


def test_the_sink_knows_when_the_mail_began_and_ended(relay):
    send()

    assert relay.messages[0].mail_at <= relay.messages[0].data_ended_at <= time.monotonic()


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        (b"a\r\n.\r\nb\r\n", b"a\r\n.\r\nb\r\n"),
        (b"a\n.\nb\n", b"a\r\n.\r\nb\r\n"),
        (b"a\n.\r\nMAIL FROM:<x@y>\r\n", b"a\r\n.\r\nMAIL FROM:<x@y>\r\n"),
        (b"a\r.\rb", b"a\r\n.\r\nb\r\n"),
        (b".start\r\n..two\r\n", b".start\r\n..two\r\n"),
        (b"a\r\r\n.\n\rb\r\n", b"a\r\n\r\n.\r\n\r\nb\r\n"),
        (b"no end", b"no end\r\n"),
    ],
)
def test_no_line_of_a_message_can_end_it_or_start_another(relay, sent, arrives):
    send(email.Mail(MAIL.sender, MAIL.to, b"Subject: x\r\n\r\n" + sent))

    assert [mail.content for mail in relay.messages] == [b"Subject: x\r\n\r\n" + arrives]


@pytest.mark.parametrize(
    "to",
    [
        "",
        "ana",
        "ana@example.org\r\nRCPT TO:<bob@example.org>",
        "ana@example.org\n",
        "ana@example.org,bob@example.org",
        "ana@example.org> <bob@example.org",
        "ana@example.org bob@example.org",
        "@relay.example:ana@example.org",
        '"ana bob"@example.org',
        "ana@example.org\u2028",
        "ana\u200b@example.org",
        "ana@example.org\x00",
        "a" * 250 + "@example.org",
    ],
)
def test_an_envelope_that_is_not_one_plain_address_is_refused(to, scripted):
    server = scripted({})

    assert send(email.Mail(MAIL.sender, to, MAIL.content)).result == Result.REFUSED
    assert send(email.Mail(to or "x", MAIL.to, MAIL.content)).result == Result.REFUSED
    assert server.said == []


def test_an_address_beyond_ascii_travels_where_the_server_can_take_it(relay):
    outcome = send(email.Mail(MAIL.sender, "аня@example.org", MAIL.content))

    assert outcome.result == Result.SENT
    assert relay.messages[0].to == ["аня@example.org"]


def test_an_address_beyond_ascii_is_refused_where_the_server_cannot(scripted):
    server = scripted({})

    outcome = send(email.Mail(MAIL.sender, "аня@example.org", MAIL.content))

    assert outcome.result == Result.REFUSED
    assert outcome.detail == SendDetail.ASCII_ONLY
    assert not any(line.startswith("MAIL") for line in server.said)
