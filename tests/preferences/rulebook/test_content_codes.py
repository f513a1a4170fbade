"""Each code of content has a whole row."""

import pytest
from django.utils import translation

from preferences.models import Channel
from preferences.rulebook import rule_fields, rule_labels
from preferences.rulebook.content_codes import ContentCode, ContentKind

CODES = list(ContentCode)
# What a remedy only repeats of the error it is about.
TOLD_BY_THE_ERROR = {ContentCode.UNREADABLE}


def sentence(pattern):
    """The sentence as it is with sample words."""
    words = {name: f"<{name}>" for name in ("sender", "about", "topic", "channel", "label", "host", "language")}
    words |= {name: f"<{name}>" for name in ("segments", "most", "characters", "signs", "words", "purpose", "people")}
    return str(pattern % {**words, "name": "<name>", "example": "<example>", "trouble": "<trouble>", "number": 2})


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("part", ["problem", "remedy"])
def test_each_code_says_what_is_wrong_and_what_to_do(code, part):
    assert sentence(getattr(code.traits, part))


@pytest.mark.parametrize("code", CODES)
def test_each_code_applies_to_a_channel(code):
    assert code.traits.channels
    assert code.traits.channels <= set(Channel)


@pytest.mark.parametrize("code", CODES)
def test_what_a_rule_can_demand_has_a_label_in_the_rulebook(code):
    assert bool(code.traits.requirement) == (code.traits.kind == ContentKind.REQUIREMENT)


@pytest.mark.parametrize("code", sorted(ContentCode.requirements()))
def test_a_requirement_is_read_and_shown_by_the_rulebook(code):
    said = rule_fields.parse_field("content", [code.value])

    assert rule_labels.value_lines("content", said) == [str(code.traits.requirement)]


@pytest.mark.parametrize("code", sorted(set(CODES) - ContentCode.requirements()))
def test_what_is_no_requirement_cannot_be_demanded(code):
    with pytest.raises(rule_fields.InvalidRuleField):
        rule_fields.parse_field("content", [code.value])


@pytest.mark.parametrize("code", sorted(set(CODES) - TOLD_BY_THE_ERROR))
@pytest.mark.parametrize("part", ["problem", "remedy"])
@pytest.mark.parametrize("language", ["de", "es", "fr", "ar"])
def test_each_sentence_is_told_in_the_language_of_the_reader(code, part, language):
    english = sentence(getattr(code.traits, part))

    with translation.override(language):
        assert sentence(getattr(code.traits, part)) != english


@pytest.mark.parametrize("code", [code for code in CODES if code.traits.kind == ContentKind.SETUP])
def test_nobody_can_allow_a_campaign_that_cannot_be_sent(code):
    assert not code.traits.allowable


def test_nobody_can_allow_what_makes_a_message_unlawful_everywhere():
    never = {code for code in ContentCode.requirements() if not code.traits.allowable}

    assert never == {"way_out", "sender_name", "postal_address"}
