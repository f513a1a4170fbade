"""What a mail is: read from its bytes alone, whatever somebody put into them."""

import pytest

from preferences.inbound import mail_parser, mail_text
from preferences.inbound.mail_parser import MailKind
from preferences.links import mailto
from preferences.links.tokens import TokenClaims
from tests.preferences.inbound.mails import bounce, complaint, mail

CLAIMS = TokenClaims(7, 0, topic=3)


@pytest.fixture
def way_out(settings):
    settings.UNSUBSCRIBE_MAILTO = "out@in.example.org"
    return mailto.unsubscribe_mailbox(CLAIMS)


@pytest.mark.parametrize("header", ["To", "Cc", "Delivered_To", "X_Original_To", "Envelope_To", "X_Envelope_To"])
def test_the_way_out_is_found_in_whichever_header_names_the_recipient(way_out, header):
    raw = mail(to="", **{header: way_out}) if header != "To" else mail(to=way_out)

    letter = mail_parser.parse_mail(raw)

    assert (letter.kind, letter.claims) == (MailKind.OPT_OUT, CLAIMS)


def test_a_mail_program_that_unsubscribes_by_itself_says_so_and_still_leaves(way_out):
    letter = mail_parser.parse_mail(mail(to=way_out, Auto_Submitted="auto-generated"))

    assert letter.kind == MailKind.OPT_OUT


MACHINES = [
    ({"Auto_Submitted": "auto-replied"}, "rfc3834:auto-submitted"),
    ({"Auto_Submitted": "auto-generated; owner=ana"}, "rfc3834:auto-submitted"),
    ({"Auto_Submitted": "AUTO-NOTIFIED"}, "rfc3834:auto-submitted"),
    ({"Return_Path": "<>"}, "rfc3834:null-return-path"),
    ({"X_Autoreply": "yes"}, "mail:autoreply"),
    ({"X_Autorespond": "Away"}, "mail:autoreply"),
    ({"Precedence": "auto_reply"}, "mail:precedence"),
    ({"Precedence": "Bulk"}, "mail:precedence"),
    ({"X_Auto_Response_Suppress": "DR, OOF, AutoReply"}, "mail:response-suppress"),
    ({"sender": "Mail Delivery <MAILER-DAEMON@mx.example.org>"}, "mail:daemon"),
    ({"subject": "Out of office: A tip for spring"}, "mail:subject"),
    ({"subject": "Automatic reply: A tip for spring"}, "mail:subject"),
    ({"subject": "Automatische Antwort: Ein Tipp"}, "mail:subject"),
    ({"subject": "Réponse automatique : Un conseil"}, "mail:subject"),
    ({"subject": "Respuesta automática: Un consejo"}, "mail:subject"),
    ({"subject": "Abwesenheitsnotiz: Ein Tipp"}, "mail:subject"),
]


@pytest.mark.parametrize(("headers", "rule"), MACHINES)
def test_a_machines_answer_is_told_from_a_persons(headers, rule):
    letter = mail_parser.parse_mail(mail("I am away until Monday.", **headers))

    assert (letter.kind, letter.rule) == (MailKind.AUTOMATIC, rule)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "no"},
        {"Auto_Submitted": "No"},
        {"Return_Path": "<ana@example.org>"},
        {"X_Autoreply": "no"},
        {"Precedence": "first-class"},
        {"subject": "Re: Out of office hours?"},
        {"subject": "The autumn office party"},
    ],
)
def test_a_person_is_not_taken_for_a_machine(headers):
    assert mail_parser.parse_mail(mail("Hello", **headers)).kind == MailKind.WORDS


QUOTATIONS = [
    "On Tue, 3 Nov 2026 at 10:00, Harbour Clinic <news@harbour.example> wrote:\n> Unsubscribe here",
    "On Tue, 3 Nov 2026 at 10:00, Harbour Clinic <news@harbour.example>\nwrote:\n\nUnsubscribe here",
    "Am 03.11.2026 um 10:00 schrieb Harbour Clinic:\n> Abmelden",
    "Le 3 nov. 2026 à 10:00, Harbour Clinic a écrit :\n> Se désabonner",
    "El 3 nov 2026, a las 10:00, Harbour Clinic escribió:\n> Darse de baja",
    "pe 3. marrask. 2026 klo 10.00 Harbour Clinic <news@harbour.example> kirjoitti:\n> Peruuta",
    "-----Original Message-----\nFrom: Harbour Clinic\nUnsubscribe",
    "________________________________\nVon: Harbour Clinic\nAbmelden",
    "From: Harbour Clinic <news@harbour.example>\nSent: Tuesday\nUnsubscribe",
    "De : Harbour Clinic\nEnvoyé : mardi\nSe désabonner",
    "-- \nAna\nUnsubscribe Ltd",
    "Sent from my iPhone",
    "> Unsubscribe",
]


@pytest.mark.parametrize("quotation", QUOTATIONS)
def test_what_is_quoted_is_not_what_the_person_says(quotation):
    letter = mail_parser.parse_mail(mail(f"Thank you for the tip.\n\n{quotation}\n"))

    assert letter.words == "Thank you for the tip."


@pytest.mark.parametrize("line", ["I have one question:", "She wrote: stop it", "From: now on, no more", "Date: today"])
def test_a_persons_own_colon_ends_nothing(line):
    letter = mail_parser.parse_mail(mail(f"{line}\nno more mail please"))

    assert letter.words == f"{line}\nno more mail please"


PAGE = (
    "<html><head><title>x</title><style>p{}</style></head><body><p>Please <b>stop</b>&nbsp;it</p><div>Ana</div>"
    "<div class='gmail_quote'>On 3 Nov 2026 Harbour Clinic &lt;news@harbour.example&gt; wrote:<br>"
    "<blockquote>Unsubscribe</blockquote></div><script>alert(1)</script></body></html>"
)


def test_a_mail_that_is_only_a_page_is_read_without_its_quotation():
    raw = mail("x").replace(b'text/plain; charset="utf-8"', b"text/html").replace(b"\nx\n", f"\n{PAGE}\n".encode())

    letter = mail_parser.parse_mail(raw)

    assert letter.words.split() == ["Please", "stop", "it", "Ana"]


def test_the_subject_of_an_answer_is_ours_and_not_theirs():
    assert mail_parser.parse_mail(mail(subject="RE: Unsubscribe from winter")).own_subject == ""
    assert mail_parser.parse_mail(mail(subject="Unsubscribe")).own_subject == "Unsubscribe"


@pytest.mark.parametrize(
    ("status", "code", "for_good"),
    [
        ("5.1.1", "smtp; 550 5.1.1 unknown", True),
        ("5.1.10", "", True),
        ("5.2.1", "", True),
        ("5.0.0", "", True),
        ("5.0.0", "smtp; 550 5.7.1 refused by policy", False),
        ("5.0.0", "smtp; 550 5.1.1 no such user", True),
        ("5.2.2", "", False),
        ("5.7.1", "", False),
        ("5.1.8", "", False),
        ("4.4.1", "", False),
        ("nonsense", "", False),
    ],
)
def test_only_a_mailbox_that_does_not_exist_is_given_up_at_once(status, code, for_good):
    letter = mail_parser.parse_mail(bounce(b"", status=status, code=code))

    assert letter.kind == MailKind.BOUNCE
    assert [one.is_for_good for one in letter.deliveries] == [for_good]


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_a_report_that_nothing_failed_is_no_failure(action):
    letter = mail_parser.parse_mail(bounce(b"", action=action, status="5.1.1"))

    assert not letter.deliveries[0].has_failed


def test_a_report_returns_what_it_is_about(way_out, settings):
    header = f"Message-ID: <one@testserver>\nList-Unsubscribe: <mailto:{way_out}>\n".encode()

    for_bounce, for_complaint = mail_parser.parse_mail(bounce(header)), mail_parser.parse_mail(complaint(header))

    assert for_bounce.returned == for_complaint.returned
    assert for_bounce.returned.claims == CLAIMS
    assert for_bounce.returned.message_id == "<one@testserver>"
    assert for_complaint.kind == MailKind.COMPLAINT


@pytest.mark.parametrize(
    ("kind", "rule"), [("abuse", "rfc5965:abuse"), ("Not-Spam", "rfc5965:not-spam"), ("", "rfc5965:abuse")]
)
def test_a_complaint_says_what_it_complains_of(kind, rule):
    assert mail_parser.parse_mail(complaint(b"", kind=kind)).rule == rule


@pytest.mark.parametrize(
    ("sender", "author"),
    [
        ("Ana <ana@example.org>", "ana@example.org"),
        ('"ben@example.org" <ana@example.org>', "ana@example.org"),
        ("ana@example.org, ben@example.org", ""),
        ("", ""),
        ("=?utf-8?q?ben=40example=2Eorg=2C?= <ana@example.org>", "ana@example.org"),
    ],
)
def test_a_mail_comes_from_the_one_address_it_names_or_from_nobody(sender, author):
    assert mail_parser.parse_mail(f"From: {sender}\n\nstop".encode()).author == author


def test_two_from_lines_are_nobody():
    assert mail_parser.parse_mail(b"From: ana@example.org\nFrom: ben@example.org\n\nstop").author == ""


HOSTILE = {
    "empty": b"",
    "no head": b"\n\n\n",
    "nothing but NUL": b"\x00" * 5000,
    "half characters": b"Subject: \xff\xfe\xed\xa0\x80\n\n\xed\xa0\x80\xff",
    "messages in messages": b"Content-Type: message/rfc822\n\n" * 20_000,
    "parts in parts": b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(5000)),
    "a hundred thousand parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n\nx\n" * 100_000,
    "boundary without end": b'Content-Type: multipart/mixed; boundary="' + b"(" * 300_000 + b'"\n\n--x',
    "a charset that is none": b"Content-Type: text/plain; charset=klingon\n\nstop\xff",
    "a charset that is slow": b"Content-Type: text/plain; charset=punycode\n\n" + b"a9" * 300_000,
    "a charset that is no text": b"Content-Type: text/plain; charset=zlib\n\nstop",
    "broken base64": b"Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\n=A=====%%",
    "broken uuencode": b"Content-Type: text/plain\nContent-Transfer-Encoding: x-uuencode\n\nbegin 666 x\n"
    + b"M" * 90_000,
    "a broken subject": b"Subject: =?utf-8?b?=?x?=?= =?klingon?q?=zz?=\n\nx",
    "brackets without end": b"From: " + b"(" * 200_000 + b"\n\nx",
    "recipients without end": b"To: " + b"a@b,(" * 100_000 + b"\n\nx",
    "headers without end": b"To: a\n" * 100_000 + b"\nx",
    "parameters without end": b"Content-Type: text/plain" + b"; a*0*=x" * 50_000 + b"\n\nx",
    "elements without end": b"Content-Type: text/html\n\n" + b"<div>" * 150_000,
    "comments without end": b"Content-Type: text/html\n\n" + b"<!--<a " * 100_000,
    "a report without end": b"Content-Type: message/delivery-status\n\n" + b"Action: failed\n\n" * 50_000,
    "a moment that is none": b"Date: Tue, 99 Foo 99999 25:61:61 +9999\n\nx",
    "a year too far": b"Date: Tue, 3 Nov 9999 23:59:59 -2359\n\nx",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_is_read_soon_and_harms_nothing(name):
    letter = mail_parser.parse_mail(HOSTILE[name])

    assert letter.kind in (MailKind.WORDS, MailKind.UNREADABLE, MailKind.BOUNCE)
    assert len(letter.shown) <= mail_parser.MAX_TEXT_LENGTH
    assert "\x00" not in letter.shown + letter.subject + letter.author
    assert letter.shown == mail_text.storable_text(letter.shown)
    assert letter.words is not None


def test_the_way_out_works_though_the_rest_of_the_mail_is_broken(way_out):
    letter = mail_parser.parse_mail(b"To: %b\n" % way_out.encode() + HOSTILE["parts in parts"])

    assert (letter.kind, letter.claims) == (MailKind.OPT_OUT, CLAIMS)


@pytest.mark.parametrize("wide", ["stop\u202e", "st\u200bop", "🛑", "توقف", "x" * 200_000])
def test_any_characters_come_through(wide):
    assert mail_parser.parse_mail(mail(wide)).text == wide[: mail_text.MAX_BYTES][: mail_parser.MAX_TEXT_LENGTH]
