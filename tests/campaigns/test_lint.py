"""What a campaign must and must not contain before anybody reviews it."""

import pytest
from django.utils import timezone

from campaigns import lint
from tests import factories


@pytest.fixture
def mail(topic):
    return factories.CampaignFactory(topic=topic)


@pytest.fixture
def text(topic):
    return factories.CampaignFactory(topic=topic, channel="sms", subject="", body="Walk ten minutes today.")


def sentences(campaign, level):
    return " ".join(problem.sentence for problem in lint.problems(campaign) if problem.level == level)


@pytest.mark.parametrize("campaign", ["mail", "text"])
def test_a_good_campaign_has_no_problems(campaign, request):
    assert lint.problems(request.getfixturevalue(campaign)) == []


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("subject", " ", "Write a subject."),
        ("body", "\n ", "Write the text."),
        ("body", "Hello {{ nmae }}", "is not a merge field"),
        ("subject", "{{ nmae }}", "is not a merge field"),
        ("body", "Hello {{ name", "stands alone"),
        ("body", "x" * 100_001, "longer than mailboxes show"),
    ],
)
def test_what_is_missing_or_unreadable_must_be_put_right(name, value, sentence, mail):
    setattr(mail, name, value)

    assert sentence in sentences(mail, "error")


def test_a_retired_topic_is_an_error(mail):
    mail.topic.retired_at = timezone.now()

    assert "retired" in sentences(mail, "error")


def test_a_channel_that_is_not_offered_is_an_error(text):
    text.topic.by_sms = False

    assert "not offered" in sentences(text, "error")


@pytest.mark.parametrize(
    ("name", "sentence"), [("from_email", "no from address"), ("postal_address", "no postal address")]
)
def test_a_mail_needs_its_letterhead(name, sentence, mail):
    setattr(mail.topic.sender, name, "")

    assert sentence in sentences(mail, "error")


def test_a_text_needs_a_number_to_come_from(text):
    text.topic.sender.text_number = ""

    assert "no text number" in sentences(text, "error")


def test_a_marketing_text_is_at_most_two_segments(text):
    text.body = "Walk. " * 60

    assert "texts in a row" in sentences(text, "error")


def test_a_longer_text_of_another_purpose_is_only_advised_against(text):
    text.body, text.topic.purpose = "Walk. " * 60, "informational"

    assert "texts in a row" in sentences(text, "warning")


def test_a_sign_that_doubles_the_price_is_named(text):
    text.body = "Walk today 🚶"

    assert "🚶" in sentences(text, "warning")


@pytest.mark.parametrize("word", ["STOP", "stop", "CANCEL", "END", "QUIT", "REVOKE", "OPT OUT", "START", "HELP"])
def test_a_reserved_word_is_no_answer_to_a_question(word, text):
    text.body = f"Can you come? Reply {word} or C."

    assert "is a word for opting out or in" in sentences(text, "error")


@pytest.mark.parametrize("body", ["Reply C to confirm.", "Please stop by. Reply 1.", "Reply with STOPWATCH"])
def test_other_answers_are_fine(body, text):
    text.body = body

    assert sentences(text, "error") == ""


def test_a_shortened_link_is_an_error_in_a_text(text):
    text.body = "See https://bit.ly/x"

    assert "bit.ly" in sentences(text, "error")


def test_a_shortened_link_is_advised_against_in_a_mail(mail):
    mail.body = "See https://bit.ly/x"

    assert "bit.ly" in sentences(mail, "warning")


def test_a_host_that_only_ends_like_a_shortener_is_fine(text):
    text.body = "See https://rabbit.ly/x and https://smart.co/x"

    assert lint.problems(text) == []


@pytest.mark.parametrize("name", ["name", "first_name"])
def test_a_name_without_a_default_is_advised_against(name, mail):
    mail.body = f"Hello {{{{ {name} }}}},"

    assert f"Give “{name}” a default" in sentences(mail, "warning")


def test_an_image_is_advised_against(mail):
    mail.body = "![a walk](https://harbour.example/walk.png)"

    assert "Images are not sent" in sentences(mail, "warning")
