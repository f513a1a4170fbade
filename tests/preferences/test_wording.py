"""Whoever asks why we do not write to somebody reads a sentence, and the same one on every floor."""

from preferences import eligibility, wording


def test_every_objection_has_its_words(topic):
    assert list(wording.OBJECTIONS) == list(eligibility.objections(topic))


def test_nothing_against_it_means_yes():
    assert wording.may_we_write("") == "Yes"


def test_a_no_says_why():
    assert wording.may_we_write("left") == "No: left this topic"
