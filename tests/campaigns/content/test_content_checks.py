"""What the words of a campaign carry and lack, and whose rules ask for it."""

from datetime import date

import pytest

from campaigns.content import content_checks, content_requirements, lint
from preferences.consent import service as consent
from preferences.models import Method, Notice, Source
from preferences.rulebook.content_codes import ContentCode
from tests import factories
from tests.conftest import subscribe


@pytest.fixture
def mail(topic):
    return factories.CampaignFactory(topic=topic)


@pytest.fixture
def text(topic):
    return factories.CampaignFactory(topic=topic, channel="sms", subject="", body="Walk ten minutes today.")


def living_in(country, topic, number="", **person):
    address = (
        factories.phone_address(number, country=country, **person)
        if number
        else factories.email_address(country=country, **person)
    )
    return subscribe(address, topic)


def problem(campaign, name):
    return next(one for one in lint.find_problems(campaign) if one.code == name)


def names(campaign):
    return {one.code for one in lint.find_problems(campaign) if one.is_error}


def test_every_code_that_a_rule_can_demand_is_looked_for():
    assert set(content_checks.CHECKS) == ContentCode.requirements()


def test_a_mail_carries_what_the_law_wants_of_every_mail(mail):
    lacks = content_checks.text_findings(mail).lacks

    assert lacks == {"french_copy", "frequency", "rates", "ad_disclosure"}


def test_a_text_carries_its_brand_and_how_to_stop(text):
    lacks = content_checks.text_findings(text).lacks

    assert lacks.isdisjoint({"sender_name", "brand_first", "stop_hint", "way_out", "own_domain_links"})
    assert "postal_address" in lacks


def test_a_text_is_measured_as_it_goes_out(text):
    words = content_checks.text_findings(text)

    assert (words.segments, words.characters) == (1, len("Harbour Clinic: Walk ten minutes today.") + 35)


def test_a_mail_has_no_segments(mail):
    assert (content_checks.text_findings(mail).segments, content_checks.text_findings(mail).characters) == (0, 0)


def test_what_cannot_be_written_lacks_everything(mail):
    mail.body = "{{ nonsense }}"

    assert content_checks.text_findings(mail).lacks == ContentCode.requirements()


@pytest.mark.parametrize(
    ("field", "code"),
    [("postal_address", "postal_address"), ("legal_name", "sender_name"), ("privacy_url", "privacy_link")],
)
def test_what_the_sender_lacks_the_mail_lacks(field, code, mail):
    setattr(mail.topic.sender, field, "")

    assert code in content_checks.text_findings(mail).lacks


def test_other_words_are_read_anew(mail):
    first = content_checks.text_findings(mail).lacks
    mail.subject = "Your insulin"

    assert content_checks.text_findings(mail).lacks - first == {"no_health_words"}


@pytest.mark.parametrize(
    "contact",
    ["Call +1 207 555 0100.", "care@harbour.example", "See harbour.example/contact", "Ruf (0) 30 123 456 78 an"],
)
def test_a_text_names_a_contact(contact, text):
    text.body = f"Walk with us. {contact}"

    assert "contact_channel" not in content_checks.text_findings(text).lacks


def test_somebody_in_canada_is_owed_a_contact_and_the_rule_says_so(topic, text):
    living_in("CA", topic, "+14165550123", region="ON")

    found = problem(text, "contact_channel")

    assert found.reasons[0].startswith("Because these rules apply to 1 recipient: Canada, ")
    assert "CASL" in found.whole or "S.C. 2010" in found.whole


def test_people_are_counted_by_place_and_not_one_by_one(topic, text, django_assert_max_num_queries):
    for number in range(5):
        living_in("CA", topic, f"+1416555012{number}", region="ON")
    living_in("US", topic, "+12075550123")

    with django_assert_max_num_queries(3):
        asked = content_requirements.requirements_for(text)

    assert {because.people for because in asked.content["contact_channel"]} == {5}
    assert {because.people for because in asked.content["stop_hint"] if because.place == "United States"} == {6}


def test_an_empty_audience_is_where_its_sender_is(topic, mail):
    topic.sender.country = "CA"

    reasons = content_requirements.requirements_for(mail).content["contact_channel"]

    assert [(because.people, because.place) for because in reasons] == [(0, "Canada")]
    assert str(reasons[0]).startswith("Because these rules apply to the sender: Canada, ")


def test_people_in_quebec_are_owed_french(topic, mail):
    living_in("CA", topic, region="QC")

    assert "french_copy" in names(mail)


def test_a_copy_in_french_is_enough_for_quebec(topic, mail):
    living_in("CA", topic, region="QC")
    mail.body += "\n\nBonjour, marchez dix minutes avec nous et vos amis."

    assert names(mail) == set()


def test_a_postal_code_alone_brings_quebec(topic, mail):
    subscribe(factories.email_address(postal_code="H2X 1Y4"), topic)

    assert "french_copy" in names(mail)


@pytest.mark.parametrize(("country", "label"), [("SG", "<ADV>"), ("KR", "(광고)")])
def test_a_label_is_asked_for_where_it_must_stand(country, label, topic, mail):
    living_in(country, topic)

    assert problem(mail, "label").about == (label,)


@pytest.mark.parametrize("subject", ["<ADV> A walk", "＜ＡＤＶ＞A walk", "\u200b<adv> A walk"])
def test_a_label_at_the_beginning_is_carried(subject, mail):
    mail.subject = subject

    assert content_checks.text_findings(mail).labels == {"<ADV>"}


def test_a_label_somewhere_later_is_not(mail):
    mail.subject = "A walk <ADV>"

    assert content_checks.text_findings(mail).labels == frozenset()


def test_two_labels_stand_one_after_the_other(text):
    text.body = "(광고) <ADV> Walk with us."

    assert content_checks.text_findings(text).labels == {"<ADV>", "(광고)"}


@pytest.mark.parametrize("country", ["DE", "FR", "GB", "BR", "US", "AU", "NZ"])
def test_a_good_mail_is_good_everywhere(country, topic, mail):
    living_in(country, topic)

    assert names(mail) == set()


def test_health_is_told_by_the_name_of_a_topic_too(mail):
    mail.topic.name = "Diabetes evenings"

    assert problem(mail, "no_health_words").about == ("diabetes",)


def test_health_in_the_text_of_a_mail_is_between_us(mail):
    mail.body = "Your diabetes evening is on Monday."

    assert names(mail) == set()


def test_where_no_rule_forbids_it_health_is_advised_against(mail, settings):
    settings.RULE_PROFILE, mail.subject = "legal", "Your insulin"

    assert problem(mail, "no_health_words").level == "warning"


def test_a_topic_that_reveals_health_is_never_named_aloud(mail, settings):
    settings.RULE_PROFILE, mail.subject, mail.topic.reveals_health = "legal", "Your insulin", True

    assert problem(mail, "no_health_words").level == "error"


def test_a_strange_host_with_the_senders_name_in_it_is_strange(text):
    text.body = "See https://harbour.example.evil.net/x"

    assert problem(text, "own_domain_links").about == ("harbour.example.evil.net",)


BOUGHT = {"basis": "purchase", "basis_on": date(2026, 3, 2)}


def bought_something(topic):
    """They are on the list because they bought something; nobody asked them beforehand."""
    notice, address = Notice.objects.current(topic, "en"), factories.email_address()
    consent.grant(
        address,
        topic,
        notice=notice,
        source=Source.IMPORT,
        method=Method.CHECKBOX,
        **BOUGHT,
    )


def test_who_never_asked_is_told_that_it_is_advertising(topic, mail):
    bought_something(topic)

    assert "ad_disclosure" in names(mail)


def test_an_advertisement_may_call_itself_one(topic, mail):
    bought_something(topic)
    mail.body += "\n\nAdvertisement"

    assert names(mail) == set()


def test_an_audience_is_not_counted_again_until_somebody_joins(topic, text, django_assert_num_queries):
    living_in("CA", topic, "+14165550120")
    content_requirements.requirements_for(text)
    with django_assert_num_queries(2):  # is the rulebook the same, and did somebody join?
        content_requirements.requirements_for(text)

    living_in("CA", topic, "+14165550121")

    assert content_requirements.requirements_for(text).content["contact_channel"][0].people == 2
