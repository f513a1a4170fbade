"""What people type, and what we take it to mean."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preferences.models import InboundMessage
from preferences.text import keywords, vocabulary

STOP_WORDS = sorted({word for kinds in vocabulary.WORDS.values() for word in kinds["stop"]})
SPELLED_OUT = [word for word in STOP_WORDS if word.isascii() and word.isalpha()]
CASES = st.sampled_from([str.upper, str.lower, str.title, str.swapcase])
ZERO_WIDTH = st.text("\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\ufe0f\x00\x07", max_size=3)
DECORATION = st.text(st.characters(categories=["P", "Z", "Cc", "Cf"]), max_size=6)


@pytest.mark.parametrize(
    ("text", "matched_by"),
    [
        ("STOP", "exact:en:stop"),
        ("stop", "exact:en:stop"),
        ("Stop.", "exact:en:stop"),
        ("stop\n", "exact:en:stop"),
        ("\t stop \r\n", "exact:en:stop"),
        ("stop!!!", "exact:en:stop"),
        ("“Stop”", "exact:en:stop"),
        ("—stop—", "exact:en:stop"),
        ("'stop'", "exact:en:stop"),
        ("ʼstopʼ", "exact:en:stop"),
        ("_stop_", "exact:en:stop"),
        ("ＳＴＯＰ", "exact:en:stop"),
        ("Ⓢⓣⓞⓟ", "exact:en:stop"),
        ("𝐒𝐓𝐎𝐏", "exact:en:stop"),
        ("S T O P", "exact:en:stop"),
        ("S.T.O.P!!", "exact:en:stop"),
        ("S T O P A L L", "exact:en:stop"),
        ("S T O P all", "exact:en:stop"),
        ("O.P.T. O.U.T.", "exact:en:stop"),
        ("s\u200bt\u200co\u200dp", "exact:en:stop"),
        ("\ufeffSTOP\u2060", "exact:en:stop"),
        ("ST\u00adOP", "exact:en:stop"),
        ("S\x00TOP", "exact:en:stop"),
        ("s̶t̶o̶p̶", "exact:en:stop"),
        ("stóp", "exact:en:stop"),
        ("STOP 🛑", "exact:en:stop"),
        ("🛑STOP🛑", "exact:en:stop"),
        ("QUİT", "exact:en:stop"),
        ("end", "exact:en:stop"),
        ("Revoke", "exact:en:stop"),
        ("cancel", "exact:en:stop"),
        ("unsubscribe", "exact:en:stop"),
        ("un-subscribe", "exact:en:stop"),
        ("opt out", "exact:en:stop"),
        ("OPT-OUT", "exact:en:stop"),
        ("Opt  Out.", "exact:en:stop"),
        ("optout", "exact:en:stop"),
        ("please opt me out", "exact:en:stop"),
        ("STOPALL", "exact:en:stop"),
        ("stop all", "exact:en:stop"),
        ("STOP-ALL", "exact:en:stop"),
        ("remove", "exact:en:stop"),
        ("TD", "exact:zh:stop"),
        ("t.d.", "exact:zh:stop"),
        ("ARRÊT", "exact:fr:stop"),
        ("ARRET", "exact:fr:stop"),
        ("arret", "exact:fr:stop"),
        ("arre\u0302t", "exact:fr:stop"),
        ("arr\u200de\u200d\u0302t", "exact:fr:stop"),
        ("A R R Ê T", "exact:fr:stop"),
        ("désabonner", "exact:fr:stop"),
        ("DESINSCRIRE", "exact:fr:stop"),
        ("Plus de SMS !", "exact:fr:stop"),
        ("no mas", "exact:es:stop"),
        ("¡No más!", "exact:es:stop"),
        ("nomas", "exact:es:stop"),
        ("Stopp", "exact:de:stop"),
        ("KÜNDIGEN", "exact:de:stop"),
        ("kundigen", "exact:de:stop"),
        ("kuendigen", "exact:de:stop"),
        ("sair", "exact:pt:stop"),
        ("basta!", "exact:it:stop"),
        ("uitschrijven", "exact:nl:stop"),
        ("avsluta", "exact:sv:stop"),
        ("afmeld", "exact:da:stop"),
        ("rezygnuję", "exact:pl:stop"),
        ("rezygnuje", "exact:pl:stop"),
        ("стоп", "exact:ru:stop"),
        ("С Т О П", "exact:ru:stop"),
        ("Відписатися", "exact:uk:stop"),
        ("توقف", "exact:ar:stop"),
        ("إلغاء", "exact:ar:stop"),
        ("الغاء الاشتراك", "exact:ar:stop"),
        ("تـوقـف", "exact:ar:stop"),
        ("تَوَقَّف", "exact:ar:stop"),
        ("\u202bتوقف\u202c", "exact:ar:stop"),
        ("הסר", "exact:he:stop"),
        ("הָסֵר", "exact:he:stop"),
        ("停止", "exact:ja:stop"),
        ("停 止。", "exact:ja:stop"),
        ("配信停止", "exact:ja:stop"),
        ("수신거부", "exact:ko:stop"),
        (unicodedata.normalize("NFD", "수신거부"), "exact:ko:stop"),
        ("退订", "exact:zh:stop"),
        ("「退訂」", "exact:zh:stop"),
        ("बंद", "exact:hi:stop"),
        ("बंद।", "exact:hi:stop"),
    ],
)
def test_anyone_can_say_stop_in_any_language(text, matched_by):
    reading = keywords.classify_text(text)

    assert (reading.meaning, reading.matched_by) == (keywords.Meaning.OPT_OUT, matched_by)


@pytest.mark.parametrize(
    "text",
    [
        "1",
        "nonstop",
        "shop",
        "see you at the end",
        "endif",
        "बद",
        "停",
        "Are you open?",
        "hello there, it is me",
        "x" * 9000,
    ],
)
def test_what_no_rule_explains_is_left_for_a_person(text):
    reading = keywords.classify_text(text, languages=["en", "de", "hi"], expecting_yes=True)

    assert (reading.meaning, reading.matched_by) == (keywords.Meaning.OTHER, "")


@pytest.mark.parametrize(
    "text", ["", "   ", "\n\t", "\u200b\u200d", "...", "?!", "👍🏽", "👨‍👩‍👧", "1️⃣"[1:], "ok", "No", "\ud800", "Thanks!"]
)
def test_what_asks_for_nothing_is_told_apart(text):
    reading = keywords.classify_text(text)

    assert (reading.meaning, reading.is_chatter) == (keywords.Meaning.OTHER, True)


@pytest.mark.parametrize(
    ("text", "languages", "matched_by"),
    [
        ("START", [], "exact:en:start"),
        ("start!", ["fr"], "exact:en:start"),
        ("Unstop", [], "exact:en:start"),
        ("join", [], "exact:en:start"),
        ("SUBSCRIBE", [], "exact:en:start"),
        ("s.t.a.r.t", [], "exact:en:start"),
        ("DÉBUT", ["fr"], "exact:fr:start"),
        ("debut", ["fr-CA"], "exact:fr:start"),
        ("alta", ["en", "es"], "exact:es:start"),
        ("iniciar", ["pt_BR"], "exact:pt:start"),
        ("anmelden", [" DE "], "exact:de:start"),
        ("старт", ["ru"], "exact:ru:start"),
        ("ابدا", ["ar"], "exact:ar:start"),
        ("開始", ["ja"], "exact:ja:start"),
        ("订阅", ["zh-Hans-CN"], "exact:zh:start"),
        ("शुरू", ["hi"], "exact:hi:start"),
    ],
)
def test_start_is_understood_in_the_languages_of_the_programme_and_in_english(text, languages, matched_by):
    reading = keywords.classify_text(text, languages=languages)

    assert (reading.meaning, reading.matched_by) == (keywords.Meaning.OPT_IN, matched_by)


@pytest.mark.parametrize(
    ("text", "languages", "matched_by"),
    [
        ("HELP", [], "exact:en:help"),
        ("help?", ["de"], "exact:en:help"),
        ("info", [], "exact:en:help"),
        ("Aide", ["fr-ca"], "exact:fr:help"),
        ("hilfe", ["de"], "exact:de:help"),
        ("hjalp", ["sv"], "exact:sv:help"),
        ("hjælp", ["da"], "exact:da:help"),
        ("hjelp", ["nb"], "exact:no:help"),
        ("עזרה", ["iw"], "exact:he:help"),
        ("ﾍﾙﾌﾟ", ["ja"], "exact:ja:help"),
        ("도움말", ["ko"], "exact:ko:help"),
    ],
)
def test_help_is_understood_in_the_languages_of_the_programme_and_in_english(text, languages, matched_by):
    reading = keywords.classify_text(text, languages=languages)

    assert (reading.meaning, reading.matched_by) == (keywords.Meaning.HELP, matched_by)


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("debut", []),
        ("alta", ["fr"]),
        ("hilfe", ["en"]),
        ("開始", ["zh"]),
        ("start\u0131", []),
        ("aide", ["xx", ""]),
    ],
)
def test_start_and_help_of_other_languages_are_left_for_a_person(text, languages):
    assert keywords.classify_text(text, languages=languages).meaning == keywords.Meaning.OTHER


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("YES", "en"),
        ("Si", "es"),
        ("¡Sí!", "es"),
        ("sì", "it"),
        ("ja", "de"),
        ("Ja.", "nl"),
        ("oui", "fr"),
        ("TAK", "pl"),
        ("sim", "pt"),
    ],
)
def test_yes_opts_in_only_while_we_wait_for_it(text, language):
    asked = keywords.classify_text(text, languages=[language], expecting_yes=True)
    unasked = keywords.classify_text(text, languages=[language])

    assert (asked.meaning, asked.matched_by) == (keywords.Meaning.OPT_IN, f"exact:{language}:yes")
    assert unasked.meaning == keywords.Meaning.OTHER


def test_danish_thanks_is_not_polish_yes():
    assert keywords.classify_text("Tak", languages=["da"], expecting_yes=True).meaning == keywords.Meaning.OTHER


def test_stop_counts_while_we_wait_for_a_yes():
    assert keywords.classify_text("Stop", languages=["de"], expecting_yes=True).meaning == keywords.Meaning.OPT_OUT


@pytest.mark.parametrize("language", list(vocabulary.WORDS))
@pytest.mark.parametrize("kind", ["start", "help", "yes"])
def test_no_word_that_means_something_else_is_also_a_stop(language, kind):
    assert not vocabulary.WORDS[language].get(kind, frozenset()) & frozenset(STOP_WORDS)


@pytest.mark.parametrize(
    ("text", "normal_text"),
    [
        ("S.T.O.P!!", "stop"),
        ("  Grüße,\nAna  ", "grüsse ana"),
        ("Don’t   STOP…", "don t stop"),
        ("👍", ""),
        ("बंद करो", "बंद करो"),
        ("a b\u0000c", "a bc"),
    ],
)
def test_the_reading_keeps_the_words_as_they_were_understood(text, normal_text):
    assert keywords.classify_text(text).normal_text == normal_text


def test_a_meaning_can_be_stored_with_the_inbound_text():
    assert {str(meaning) for meaning in keywords.Meaning} <= set(InboundMessage.Meaning.values)


@given(st.sampled_from(STOP_WORDS), CASES, DECORATION, DECORATION)
def test_dressing_up_a_stop_word_does_not_change_its_reading(word, case, before, after):
    assert keywords.classify_text(before + case(word) + after) == keywords.classify_text(word)


@given(st.sampled_from(STOP_WORDS), ZERO_WIDTH)
def test_hiding_characters_inside_a_stop_word_does_not_change_its_reading(word, hidden):
    assert keywords.classify_text(hidden.join(word)) == keywords.classify_text(word)


@given(st.sampled_from(SPELLED_OUT), st.sampled_from([".", " ", "-", " . ", "…", "\n", "‿"]), CASES)
def test_spelling_out_a_stop_word_does_not_change_its_reading(word, between, case):
    assert keywords.classify_text(between.join(case(word))) == keywords.classify_text(word)


@given(st.text(st.characters()), st.lists(st.text(max_size=8)), st.booleans())
def test_any_text_at_all_can_be_read(text, languages, expecting_yes):
    reading = keywords.classify_text(text, languages=languages, expecting_yes=expecting_yes)

    assert isinstance(reading, keywords.TextClassification)
    assert reading.normal_text == " ".join(reading.normal_text.split())
