"""Whoever asks why we do not write to somebody reads a sentence, and the same one on every floor."""

from preferences.consent import eligibility, ineligibility_labels


def test_every_objection_has_its_words(topic):
    assert list(ineligibility_labels.OBJECTION_LABELS) == list(eligibility.objections(topic))


def test_nothing_against_it_means_yes():
    assert ineligibility_labels.eligibility_answer("") == "Yes"


def test_a_no_says_why():
    assert ineligibility_labels.eligibility_answer("left") == "No: opted out of this topic"
