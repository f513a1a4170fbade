"""Answers that a text asks for, and links that hide where they lead."""

import time

import pytest

from campaigns.content import hyperlinks, reserved_words


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("Reply CANCEL to cancel your appointment", ("CANCEL",)),
        ("Reply C to confirm or CANCEL to cancel", ("CANCEL",)),
        ("C\u200bANCEL to cancel", ("CANCEL",)),
        ("Reply ＣＡＮＣＥＬ", ("CANCEL",)),
        ("Reply СANCEL", ("CANCEL",)),
        ("Reply C.A.N.C.E.L", ("CANCEL",)),
        ("\u202eReply \u200fCAN\u200dCEL", ("CANCEL",)),
        ("Text END to finish the survey", ("END",)),
        ("Responda CANCELAR para cancelar su cita", ("CANCELAR",)),
        ("Envíe FIN para terminar", ("FIN",)),
        ("Répondez ANNULER pour annuler", ("ANNULER",)),
        ("Répondez par AIDE si vous venez", ("AIDE",)),
        ("Antworten Sie mit ENDE, um den Termin abzusagen", ("ENDE",)),
        ("Schreiben Sie STOPP, wenn Sie nicht kommen", ("STOPP",)),
    ],
)
def test_reserved_words_are_no_answers(words, found):
    assert reserved_words.misused_reserved_words(words) == found


@pytest.mark.parametrize(
    "words",
    [
        "Reply STOP to opt out, HELP for help",
        "Reply STOP to end messages",
        "Envíe BAJA para darse de baja",
        "Répondez STOP pour ne plus recevoir de messages",
        "Antworten Sie STOPP, um sich abzumelden",
        "Walk to the end of the road and start again",
        "Send us a note and start walking",
        "Write to us for help",
        "Reply YES to confirm",
        "",
    ],
)
def test_their_own_meaning_is_fine(words):
    assert reserved_words.misused_reserved_words(words) == ()


@pytest.mark.parametrize(
    ("words", "hosts"),
    [
        ("bit.ly/x", ("bit.ly",)),
        ("https://BIT.LY/x", ("bit.ly",)),
        ("b\u200bit.ly/x", ("bit.ly",)),
        ("ｂｉｔ．ｌｙ/x", ("bit.ly",)),
        ("https://me@t.co/x", ("t.co",)),
        ("see rabbit.ly/x", ()),
        ("mail me@bit.ly", ()),
        ("e.g. at 9.30", ()),
    ],
)
def test_links_that_hide_where_they_lead(words, hosts):
    assert hyperlinks.shortener_hosts(words) == hosts


@pytest.mark.parametrize(
    "words",
    [
        "Reply 2 to unsubscribe",
        "reply R to opt out",
        "Responda 2 para darse de baja",
        "Antworte 9, um dich abzumelden",
    ],
)
def test_another_sign_than_a_stop_word_is_no_way_out(words):
    assert reserved_words.has_numbered_opt_out(words)


@pytest.mark.parametrize("words", ["Reply 1 to confirm", "Reply 1 to stop by", "Reply STOP to unsubscribe", ""])
def test_another_sign_may_be_an_answer(words):
    assert not reserved_words.has_numbered_opt_out(words)


@pytest.mark.parametrize(
    "words",
    [
        "Reply STOP to stop, HELP for help.",
        "Répondez STOP",
        "Antworten Sie mit STOPP",
        "Envíe BAJA",
        "text STOP to 12345",
    ],
)
def test_how_to_stop_is_recognised(words):
    assert reserved_words.has_stop_instruction(words)


@pytest.mark.parametrize("words", ["STOP smoking now", "Our bus stop", "Reply to us", ""])
def test_a_stop_that_is_no_way_out_is_not(words):
    assert not reserved_words.has_stop_instruction(words)


@pytest.mark.parametrize(
    "words", ["a." * 20_000, "1" * 20_000 + "a-" * 20_000, "https://" + "@" * 20_000, "reply " * 6_000]
)
def test_no_text_takes_long_to_read(words):
    started = time.perf_counter()

    (
        hyperlinks.shortener_hosts(words),
        hyperlinks.has_contact_details(words),
        reserved_words.misused_reserved_words(words),
    )

    assert time.perf_counter() - started < 10
