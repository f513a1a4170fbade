"""What a campaign must and must not contain before anybody reviews it."""

import pytest
from django.utils import timezone, translation

from campaigns.content import lint
from preferences.consent import service as consent
from preferences.models import Source
from tests import factories
from tests.conftest import subscribe


@pytest.fixture
def mail(topic):
    return factories.CampaignFactory(topic=topic)


@pytest.fixture
def text(topic):
    return factories.CampaignFactory(topic=topic, channel="sms", subject="", body="Walk ten minutes today.")


def problem(campaign, name):
    return next(one for one in lint.find_problems(campaign) if one.code == name)


def names(campaign, level="error"):
    return [one.code for one in lint.find_problems(campaign) if one.level == level]


def sentences(campaign, level):
    return " ".join(one.whole for one in lint.find_problems(campaign) if one.level == level)


@pytest.mark.parametrize("campaign", ["mail", "text"])
def test_a_good_campaign_has_no_problems(campaign, request):
    assert lint.find_problems(request.getfixturevalue(campaign)) == []


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("subject", " ", "Write a subject."),
        ("subject", "\u200b\u200f", "Write a subject."),
        ("body", "\n ", "Write the text."),
        ("body", "\u200b", "Write the text."),
        ("body", "Hello {{ nmae }}", "is not a merge field"),
        ("subject", "{{ nmae }}", "is not a merge field"),
        ("body", "Hello {{ name", "stands alone"),
        ("body", "x" * 100_001, "longer than email programs show"),
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

    assert "no SMS number" in sentences(text, "error")


def test_a_marketing_text_is_at_most_two_segments(text):
    text.body = "Walk. " * 60

    assert "at most 2 are allowed" in problem(text, "segments").whole
    assert names(text) == ["segments"]


def test_a_reminder_by_text_to_the_united_states_has_160_characters(text):
    text.topic.purpose, text.body = "informational", "Walk. " * 25 + "https://harbour.example/walks"

    found = problem(text, "characters")

    assert "at most 160 are allowed" in found.sentence
    assert "47 CFR 64.1200(a)(9)(iv)(E)" in found.whole


def test_a_sign_that_doubles_the_price_is_named(text):
    text.body = "Walk today 🚶"

    assert "🚶" in sentences(text, "warning")


@pytest.mark.parametrize("word", ["STOP", "stop", "CANCEL", "END", "QUIT", "REVOKE", "OPT OUT", "START", "HELP"])
def test_a_reserved_word_is_no_answer_to_a_question(word, text):
    text.body = f"Can you come? Reply {word} or C."

    assert "for opting out or in, or for help" in sentences(text, "error")


@pytest.mark.parametrize("body", ["Reply C to confirm.", "Please stop by. Reply 1.", "Reply with STOPWATCH"])
def test_other_answers_are_fine(body, text):
    text.body = body

    assert sentences(text, "error") == ""


def test_an_answer_hidden_in_a_default_is_found(text):
    text.body = 'Can you come? Reply {{ name|default:"CANCEL" }}.'

    assert "reserved_words" in names(text)


@pytest.mark.parametrize("body", ["Reply 2 to unsubscribe.", "Antworten Sie 2, um sich abzumelden"])
def test_nobody_is_promised_that_a_number_takes_them_off(body, text):
    text.body = body

    assert "number_for_the_way_out" in names(text)


def test_a_shortened_link_is_an_error_in_a_text(text):
    text.body = "See https://bit.ly/x"

    assert "bit.ly" in sentences(text, "error")


@pytest.mark.parametrize("body", ["See https://bit.ly/x", "See [the walks](https://BIT.ly/x)"])
def test_a_shortened_link_is_advised_against_in_a_mail(body, mail):
    mail.body = body

    assert "bit.ly" in sentences(mail, "warning")
    assert names(mail) == []


def test_a_host_that_only_ends_like_a_shortener_is_none(text):
    text.body = "See https://rabbit.ly/x and https://smart.co/x"

    assert names(text) == ["own_domain_links"]


@pytest.mark.parametrize("link", ["https://harbour.example/walk", "www.harbour.example/x", "walks.harbour.example/x"])
def test_a_text_may_link_to_its_senders_own_pages(link, text):
    text.body = f"Walk with us: {link}"

    assert lint.find_problems(text) == []


@pytest.mark.parametrize("name", ["name", "first_name"])
def test_a_name_without_a_default_is_advised_against(name, mail):
    mail.body = f"Hello {{{{ {name} }}}},"

    assert f"Give “{name}” a default" in sentences(mail, "warning")


def test_an_image_beside_words_is_advised_against(mail):
    mail.body = "Come and walk with us.\n\n![a walk](https://harbour.example/walk.png)"

    assert "Images are not sent" in sentences(mail, "warning")
    assert names(mail) == []


def test_a_mail_that_is_only_an_image_is_an_error(mail):
    mail.body = "![Walk ten minutes every day](https://harbour.example/walk.png)"

    assert names(mail) == ["only_an_image"]


@pytest.mark.parametrize(
    "subject",
    ["RE: our walk", "Fwd: a walk", "AW: Spaziergang", "Re[2]: a walk", "R\u200bE: walk", "ＲＥ： walk", "ТR: x"],
)
def test_a_subject_does_not_pretend_a_conversation(subject, mail):
    mail.subject = subject

    assert "pretends_an_answer" in names(mail)


@pytest.mark.parametrize(
    "subject", ["Ready: set, walk", "Re-open the path", "Free walks: three of them", "Regards: Ana"]
)
def test_other_subjects_are_fine(subject, mail):
    mail.subject = subject

    assert lint.find_problems(mail) == []


def test_a_subject_in_capitals_is_advised_against(mail):
    mail.subject = "WALK WITH US TODAY"

    assert names(mail, "warning") == ["shouted"]


@pytest.mark.parametrize(
    "body",
    [
        "20% off all shoes",
        "Jetzt kaufen!",
        "Código promocional dentro",
        "２０％ off",
        "Dis\u200bcount inside",
        "Cоupon",
    ],
)
def test_what_only_informs_does_not_sell(body, mail):
    mail.topic.purpose, mail.body = "informational", body

    assert "offers" in names(mail)


def test_what_people_asked_to_be_sold_may_sell(mail):
    mail.body = "20% off all shoes: buy now."

    assert names(mail) == []


def test_a_question_for_permission_sells_nothing(mail):
    mail.kind, mail.body = "repermission", "Stay with us and get 20% off."

    assert "A consent renewal request must not contain marketing." in problem(mail, "offers_in_renewal").sentence


def test_people_who_read_another_language_are_counted(topic, mail):
    subscribe(factories.email_address(language="es"), topic)

    found = problem(mail, "translation")

    assert found.sentence == "1 recipient reads Español, and the text is not in that language."


def test_a_text_in_two_languages_serves_both(topic, mail):
    subscribe(factories.email_address(language="es"), topic)
    mail.body += "\n\nHola, camine diez minutos hoy con sus amigos, para usted."

    assert lint.find_problems(mail) == []


def test_what_a_colleague_reads_does_not_change_what_is_rendered(mail):
    with translation.override("de"):
        found = lint.find_problems(mail)

    assert found == []


def test_who_left_reads_nothing(topic, mail):
    address = subscribe(factories.email_address(language="es"), topic)
    consent.withdraw(address, topic, source=Source.ONE_CLICK)

    assert lint.find_problems(mail) == []
