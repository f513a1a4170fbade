"""What is stored as a code is told in the language of whoever reads it."""

import pytest
from django.utils import translation

from campaigns.workflow.change_reasons import ChangeReason
from preferences.codes import stored_codes
from preferences.codes.send_details import NotComposable, SendDetail, not_composed
from preferences.models import BotSign, CancelReason, InboundOutcome, LiftReason, Suppression, SuppressionDetail

TABLES = [BotSign, CancelReason, ChangeReason, InboundOutcome, LiftReason, SendDetail, SuppressionDetail]
CODES = [code for table in TABLES for code in table]
NAMES = [f"{type(code).__name__}.{code.name}" for code in CODES]
ONLY_A_WORD = {SuppressionDetail.SOURCE}


def kept(code):
    return code.filled(*range(1, len(code.words) + 1))


@pytest.mark.parametrize("code", CODES, ids=NAMES)
def test_each_code_has_a_sentence_with_all_its_words(code):
    said = stored_codes.label(kept(code), type(code))

    assert said != kept(code)
    assert all(str(word) in said for word in range(1, len(code.words) + 1))


@pytest.mark.parametrize("code", [code for code in CODES if code not in ONLY_A_WORD])
@pytest.mark.parametrize("language", ["de", "es", "fr", "ar"])
def test_each_sentence_is_told_in_each_language(code, language):
    english = stored_codes.label(kept(code), type(code))

    with translation.override(language):
        assert stored_codes.label(kept(code), type(code)) != english


@pytest.mark.parametrize("code", CODES, ids=NAMES)
def test_each_code_fits_where_it_is_kept(code):
    assert len(code.filled(*["x" * 10] * len(code.words))) <= 100


@pytest.mark.parametrize(
    "text", ["", "They called on 3 May.", "550 5.1.1 no such user", "opted_out:since May", "https://x"]
)
def test_what_staff_or_providers_wrote_is_told_as_it_is(text):
    assert stored_codes.label(text, CancelReason, SendDetail) == text


def test_a_code_is_not_kept_without_its_words():
    with pytest.raises(ValueError, match="count, limit"):
        InboundOutcome.SOFT_BOUNCE_COUNTED.filled(1)


def test_a_word_may_contain_colons():
    assert stored_codes.label(SendDetail.NOT_COMPOSED.filled("a: b: c"), SendDetail).endswith("a: b: c")


def test_a_code_may_tell_another_code():
    stored = InboundOutcome.WRONG_PERSON.filled(InboundOutcome.OPTED_OUT)

    with translation.override("de"):
        assert stored_codes.label(stored, InboundOutcome) == "Falsche Nummer. Von allem abgemeldet."


@pytest.mark.parametrize("written_in", ["de", "en"])
def test_why_a_message_could_not_be_written_is_told_in_the_language_of_the_reader(written_in):
    with translation.override(written_in):
        stored = not_composed(NotComposable(SendDetail.BAD_ADDRESS, "ana@@example.org"))

    assert stored_codes.label(stored, SendDetail) == (
        "The message could not be written: “ana@@example.org” is not a single email address."
    )
    with translation.override("de"):
        assert "ist nicht genau eine E-Mail-Adresse" in stored_codes.label(stored, SendDetail)


def test_the_source_of_an_opt_out_is_told_as_the_source_is():
    with translation.override("de"):
        assert Suppression(detail=SuppressionDetail.SOURCE.filled("leave")).detail_label == "Abmeldeseite"
