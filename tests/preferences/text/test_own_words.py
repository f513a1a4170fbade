"""What people write when they do not send a keyword: 400 texts in four languages, and what each is taken to mean."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preferences.text import fuzzy, keywords, phrases, vocabulary

Meaning = keywords.Meaning
CASES = [
    line.split("\t") for line in Path(__file__).with_name("data").joinpath("texts.tsv").read_text("utf-8").splitlines()
]
HOSTILE = ["a " * 5000, "stop it " * 1250, "do not want " * 830, "no quiero " * 1000, "x" * 10_000, "(a+)+$" * 1660]
HOSTILE += ["\u0301" * 10_000, "s t o p " * 1250, "stop" * 2500, "^$|()[]{}.*+?\\" * 700, "ﷺ" * 10_000, "n e " * 2500]


@pytest.mark.parametrize(("meaning", "matched_by", "text"), CASES)
def test_own_words_are_understood_and_the_rule_is_named(meaning, matched_by, text):
    reading = keywords.classify_text(text)

    assert (str(reading.meaning), reading.matched_by) == (meaning, matched_by)


@pytest.mark.parametrize(
    ("meaning", "matched_by", "text"), [case for case in CASES if case[0] in keywords.OPT_OUT_MEANINGS]
)
def test_capitals_and_punctuation_change_nothing(meaning, matched_by, text):
    assert str(keywords.classify_text(f"  {text.upper()} !!").meaning) == meaning


@pytest.mark.parametrize(
    ("meaning", "matched_by", "text"), [case for case in CASES if case[0] in keywords.OPT_OUT_MEANINGS]
)
def test_a_no_counts_while_we_wait_for_a_yes_and_in_any_programme(meaning, matched_by, text):
    reading = keywords.classify_text(text, languages=["pl", "ja"], expecting_yes=True, topics=["NEWS"])

    assert str(reading.meaning) == meaning


@pytest.mark.parametrize("word", vocabulary.EASILY_MISTYPED)
@pytest.mark.parametrize("slip", range(8))
def test_one_slip_of_the_finger_still_stops(word, slip):
    swapped = word[: slip % 3] + word[slip % 3 + 1] + word[slip % 3] + word[slip % 3 + 2 :]

    assert keywords.classify_text(swapped).meaning == Meaning.OPT_OUT
    assert keywords.classify_text(word[:slip] + "q" + word[slip:]).meaning == Meaning.OPT_OUT


@pytest.mark.parametrize("word", sorted(vocabulary.GUARDED))
def test_a_real_word_one_letter_from_stop_stops_nothing(word):
    assert keywords.classify_text(word).meaning == Meaning.OTHER


@pytest.mark.parametrize("words", [5, 6])
def test_a_strong_word_at_the_end_decides_in_up_to_five_words(words):
    text = " ".join(["walk"] * (words - 1) + ["stop"])

    assert keywords.classify_text(text).meaning == (Meaning.OPT_OUT if words <= fuzzy.MAX_WORDS else Meaning.REVIEW)


@pytest.mark.parametrize(
    ("text", "meaning", "topic"),
    [
        ("JOIN TIPS", Meaning.OPT_IN, "tips"),
        ("Start tips!", Meaning.OPT_IN, "tips"),
        ("tips", Meaning.OPT_IN, "tips"),
        ("Keep TIPS", Meaning.OPT_IN, "tips"),
        ("behalten tips", Meaning.OPT_IN, "tips"),
        ("join walks", Meaning.OPT_IN, "walks"),
        ("keep walks", Meaning.OTHER, ""),
        ("keep going", Meaning.OTHER, ""),
        ("I like your tips", Meaning.OTHER, ""),
        ("tips tips", Meaning.OTHER, ""),
        ("join", Meaning.OPT_IN, ""),
        ("start please", Meaning.OPT_IN, ""),
        ("STOP TIPS", Meaning.OPT_OUT, ""),
        ("cancel tips", Meaning.OPT_OUT, ""),
        ("end tips please", Meaning.OPT_OUT, ""),
        ("help tips", Meaning.OTHER, ""),
        ("don't stop tips", Meaning.REVIEW, ""),
    ],
)
def test_a_topic_is_named_by_its_keyword(text, meaning, topic):
    reading = keywords.classify_text(text, topics=["TIPS"])

    assert (reading.meaning, reading.topic) == (meaning, topic)


def test_a_topic_whose_keyword_is_a_stop_word_cannot_be_joined_by_it():
    assert keywords.classify_text("END", topics=["END"]).meaning == Meaning.OPT_OUT


@pytest.mark.parametrize("text", ["yes please", "Yes, ok", "YES thanks!", "start, please"])
def test_a_polite_yes_is_a_yes_only_while_we_wait_for_it(text):
    assert keywords.classify_text(text, expecting_yes=True).meaning == Meaning.OPT_IN


@pytest.mark.parametrize("text", ["yes I am coming", "yes but later", "yes or no?"])
def test_a_yes_to_something_else_is_no_yes(text):
    assert keywords.classify_text(text, expecting_yes=True).meaning == Meaning.OTHER


@pytest.mark.parametrize(
    "text", ["stop " + "x" * 9_000, "x " * 9_000 + "please stop texting me", "remove me" + " y" * 9_000]
)
def test_a_no_at_either_end_of_a_long_text_is_not_overlooked(text):
    assert keywords.classify_text(text).meaning in keywords.OPT_OUT_MEANINGS


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_is_read_in_no_time(text):
    started = time.process_time()

    keywords.classify_text(text)

    assert time.process_time() - started < 2


@pytest.mark.parametrize("phrase", ["stop (a|b c) [x|y z] ... now", "^ no more $", "don't ... hören"])
def test_a_phrase_of_the_word_lists_holds_no_repetition_without_end(phrase):
    expression = phrases.compile_phrase(phrase).pattern

    assert "*" not in expression
    assert expression.count("+") == expression.count("{0,3}")


@pytest.mark.parametrize("kind", phrases.INTENTS)
@pytest.mark.parametrize("language", ["en", "es", "fr", "de"])
def test_every_kind_of_intent_is_known_in_the_four_languages(kind, language):
    assert [one for one in phrases.INTENTS[kind] if one.language == language]


def test_the_rule_always_fits_where_it_is_kept():
    names = [f"intent:{one.language}:{one.name}" for kind in phrases.INTENTS.values() for one in kind]

    assert max(map(len, names)) <= 60


@pytest.mark.parametrize("language", [one for one, kinds in vocabulary.WORDS.items() if "strong" in kinds])
def test_every_strong_word_is_a_stop_word(language):
    assert vocabulary.WORDS[language]["strong"] <= vocabulary.words_of("stop", vocabulary.WORDS)


@given(st.text(), st.text())
def test_dont_stop_is_never_done_at_once(before, after):
    reading = keywords.classify_text(f"{before} don't stop {after}")

    assert reading.meaning in (Meaning.REVIEW, Meaning.WRONG_PERSON)
