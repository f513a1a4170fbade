"""Composing mail: headers that readers and receivers rely on, and nothing that a clever value could add."""

import re
import time
from email import message_from_bytes, policy
from email.header import decode_header, make_header

import pytest

from preferences.channels import email
from preferences.errors import Unreadable
from tests.sinks import MailSink

LINK = f"<https://sayso.example/leave/{'a' * 170}>"
HEADERS = {
    "List-Unsubscribe": f"{LINK}, <mailto:leave@sayso.example?subject={'b' * 90}>",
    "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    "List-Id": "Clinic news <news.clinic.example>",
}
WORDS = {
    "from_name": "Clinic",
    "from_email": "news@clinic.example",
    "reply_to": "desk@clinic.example",
    "to": "ana@example.org",
    "subject": "Opening hours",
    "text": "Hello Ana",
    "html": "<p>Hello Ana</p>",
    "message_id": "<1@clinic.example>",
    "headers": HEADERS,
}
BREAKS = ["\r\n", "\n", "\r", "\x00", "\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"]


def compose(**changes):
    return email.build(**{**WORDS, **changes})


def read(mail):
    return message_from_bytes(mail.content.replace(b"\r\n", b"\n"), policy=policy.default)


def header_lines(mail):
    return mail.content.partition(b"\r\n\r\n")[0].decode().split("\r\n")


def decoded(header):
    return str(make_header(decode_header("".join(header.splitlines()))))


def test_a_mail_arrives_byte_for_byte_as_it_was_composed(settings):
    mail = compose(text="Hello\n.\n.dot\nFrom here", html="")
    with MailSink() as sink:
        settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
        with email.SmtpConnection() as connection:
            connection.send(mail)

    received = sink.messages[0]
    assert (received.sender, received.to, received.content) == (mail.sender, [mail.to], mail.content)


def test_the_headers_are_all_there_once():
    message = read(compose())

    assert sorted(message.keys()) == sorted(
        ["From", "To", "Reply-To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", *HEADERS]
    )
    assert message["From"] == "Clinic <news@clinic.example>"
    assert message["Reply-To"] == "desk@clinic.example"
    assert message["Date"].datetime.utcoffset().total_seconds() == 0


def test_the_unsubscribe_headers_stay_whole_on_one_line():
    lines = header_lines(compose())

    assert f"List-Unsubscribe: {HEADERS['List-Unsubscribe']}" in lines
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines
    assert "List-Id: Clinic news <news.clinic.example>" in lines


def test_text_and_page_are_two_ways_to_read_the_same():
    message = read(compose(text="Grüße\nAna", html="<p>Grüße</p>"))

    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message.get_body(("plain",)).get_content() == "Grüße\nAna\n"
    assert message.get_body(("html",)).get_content() == "<p>Grüße</p>\n"


def test_a_mail_without_a_page_is_plain_text():
    message = read(compose(html=""))

    assert message.get_content_type() == "text/plain"
    assert message.get_content() == "Hello Ana\n"


def test_a_mail_without_a_reply_address_has_no_reply_header():
    assert "Reply-To" not in read(compose(reply_to=""))


@pytest.mark.parametrize(
    "text",
    [
        "x" * 5000,
        "ü" * 5000,
        "a \nb\t\n",
        "tab\tand =3D and ==",
        "one\r\ntwo\rthree\nfour",
        " ",
        "\n.\n",
        "📬 " * 400,
    ],
)
def test_any_text_survives_and_no_line_is_too_long(text):
    mail = compose(text=text, html=text)
    expected = re.sub("\r\n?", "\n", text)

    assert max(map(len, mail.content.split(b"\r\n"))) <= 998
    assert read(mail).get_body(("plain",)).get_content().rstrip("\n") == expected.rstrip("\n")


@pytest.mark.parametrize(
    "words",
    [
        "Grüße aus der Praxis",
        "📬" * 60,
        "A very long subject that says everything twice " * 5,
        "x" * 1200,
        "=?utf-8?q?=0D=0ABcc:_eve@evil.example?=",
        "q" * 61,
    ],
)
def test_any_subject_and_name_can_be_read_again(words):
    mail = compose(subject=words, from_name=words, headers={})
    message = message_from_bytes(mail.content, policy=policy.compat32)

    assert decoded(message["Subject"]) == words.strip()
    assert decoded(message["From"]) == f"{words.strip()} <news@clinic.example>"
    assert max(map(len, header_lines(mail))) <= 78


@pytest.mark.parametrize(
    "name",
    ["double  spaces", 'Dr. "Ana" \\ Co', "Clinic, Ltd.", "ceo@bank.example", "<evil@evil.example>", "a;b:c"],
)
def test_a_name_is_only_ever_a_name(name):
    message = read(compose(from_name=name))

    assert [address.addr_spec for address in message["From"].addresses] == ["news@clinic.example"]
    assert message["From"].addresses[0].display_name == name


@pytest.mark.parametrize("sign", BREAKS)
def test_a_line_break_in_a_subject_or_name_becomes_a_space(sign):
    words = f"Hello{sign}Bcc: eve@evil.example"
    message = read(compose(subject=words, from_name=words))

    assert message["Subject"] == "Hello Bcc: eve@evil.example"
    assert message["From"].addresses[0].display_name == "Hello Bcc: eve@evil.example"
    assert "Bcc" not in message


@pytest.mark.parametrize("sign", BREAKS)
@pytest.mark.parametrize("field", ["from_email", "reply_to", "to", "message_id"])
def test_a_line_break_in_an_address_is_refused(field, sign):
    with pytest.raises(Unreadable):
        compose(**{field: f"{WORDS[field]}{sign}Bcc: eve@evil.example"})


@pytest.mark.parametrize("sign", BREAKS)
def test_a_line_break_in_a_further_header_is_refused(sign):
    with pytest.raises(Unreadable):
        compose(headers={"X-Campaign": f"1{sign}Bcc: eve@evil.example"})


@pytest.mark.parametrize(
    "headers",
    [
        {"Bcc": "eve@evil.example"},
        {"cc": "eve@evil.example"},
        {"Subject": "another"},
        {"Content-Type": "text/html"},
        {"Resent-To": "eve@evil.example"},
        {"X-A\r\nBcc": "eve@evil.example"},
        {"X-A:": "1"},
        {"": "1"},
        {"List-Id": "<a>", "list-id": "<b>"},
        {"List-Unsubscribe": f"<https://sayso.example/{'a' * 1000}>"},
        {"List-Unsubscribe": "<https://sayso.example/ü>, <https://ü.example>"},
    ],
)
def test_a_header_that_is_ours_doubled_or_too_long_is_refused(headers):
    with pytest.raises(Unreadable):
        compose(headers=headers)


@pytest.mark.parametrize(
    "to",
    [
        "",
        "ana",
        "ana@example.org,bob@example.org",
        "ana@example.org;bob@example.org",
        "ana@example.org bob@example.org",
        "Ana <ana@example.org>",
        "@relay.example:ana@example.org",
        '"ana@x"@example.org',
        "ana@@example.org",
        "ana@example.org(bob@example.org)",
        "ana\u200b@example.org",
        "\ud800@example.org",
        "ana@-ü-.example",
        f"{'a' * 250}@example.org",
    ],
)
def test_a_mail_goes_to_exactly_one_recipient(to):
    with pytest.raises(Unreadable):
        compose(to=to)


def test_a_domain_beyond_ascii_travels_in_its_ascii_form():
    mail = compose(to="ana@münchen.example")

    assert mail.to == "ana@xn--mnchen-3ya.example"
    assert read(mail)["To"] == "ana@xn--mnchen-3ya.example"


def test_a_list_name_beyond_ascii_is_encoded_and_its_label_is_not():
    lines = header_lines(compose(headers={"List-Id": "Größe <news.clinic.example>"}))

    assert "List-Id: =?utf-8?b?R3LDtsOfZQ==?= <news.clinic.example>" in lines


def test_half_a_character_is_refused_with_a_sentence():
    with pytest.raises(Unreadable):
        compose(text="\ud83d")


def test_composing_is_quick_enough_for_a_crowd():
    page = "<p>Grüße aus der Praxis, wir haben neue Öffnungszeiten.</p>\n" * 100
    started = time.process_time()

    mails = [compose(text=page, html=page) for _ in range(100)]

    assert (time.process_time() - started) / len(mails) < 0.0015
