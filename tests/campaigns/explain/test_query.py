"""What a colleague types, understood or answered with a sentence."""

from datetime import UTC, datetime

import pytest

from campaigns.explain import query
from preferences.consent import suppressions
from preferences.contacts import erasure
from preferences.contacts import service as contacts
from preferences.models import Suppression
from tests import factories

pytestmark = pytest.mark.django_db


def about(topic):
    return f"{topic.sender.slug}/{topic.slug}"


@pytest.mark.parametrize("spelling", [" {} ", "{}", "\u202f{}"])
def test_an_address_is_found_in_any_spelling(spelling, address):
    assert query.find_address(spelling.format(address.value.upper())) == address


def test_a_number_is_found_in_any_spelling():
    phone = factories.phone_address("+12075550123")

    assert query.find_address("+1 (207) 555-0123") == phone


def test_a_reference_finds_an_address_or_the_only_one_of_a_contact(address):
    assert query.find_address(str(address.reference)) == address
    assert query.find_address(address.contact.reference.hex) == address


def test_a_contact_with_several_addresses_has_to_choose(address, topic):
    other = contacts.add_address("sms", "+12075550124", contact=address.contact)

    with pytest.raises(query.SeveralAddresses) as several:
        query.parse_question(str(address.contact.reference), about(topic))

    assert several.value.addresses == [address, other]
    assert query.find_address(str(address.contact.reference), "sms") == other


def test_a_campaign_says_by_itself_which_of_the_addresses_is_meant(address, campaign):
    contacts.add_address("sms", "+12075550125", contact=address.contact)

    whom, question = query.parse_question(str(address.contact.reference), str(campaign.reference))

    assert whom == address
    assert question.campaign == campaign


@pytest.mark.parametrize(
    "text",
    ["", "   ", "x" * 400, "ana@", "@example.org", "not an address", "🦊", "a\r\nb@example.org", "a\u200bna", "555"],
)
def test_what_is_no_address_is_answered_with_a_sentence(text):
    with pytest.raises(query.UnclearQuery) as unclear:
        query.find_address(text)

    assert str(unclear.value).endswith(".")


@pytest.mark.parametrize("text", ["nobody@example.org", "+12075550126", "5f0c3f0e-6b1e-4a55-9b39-0d2f6c6d7a10"])
def test_who_is_not_here_is_not_found(text):
    with pytest.raises(query.NotFound):
        query.find_address(text)


def test_who_was_forgotten_is_told_of_by_the_suppression_that_stayed(address):
    value = address.value
    erasure.erase(address.contact, by=factories.UserFactory())

    with pytest.raises(query.ErasedPerson, match="Erased on request"):
        query.find_address(value)


def test_an_address_of_another_channel_than_asked_is_named(address):
    suppressions.suppress(address, Suppression.Reason.BOUNCED)

    with pytest.raises(query.UnclearQuery, match="Remove the channel"):
        query.find_address(address.value, "sms")


def test_an_unknown_channel_is_refused(address):
    with pytest.raises(query.UnclearQuery, match="email, sms"):
        query.find_address(address.value, "fax")


def test_a_campaign_of_another_channel_is_refused(phone, campaign):
    with pytest.raises(query.UnclearQuery, match="is sent by Email"):
        query.parse_question(phone.value, str(campaign.reference))


@pytest.mark.parametrize("text", ["nowhere/nothing", "harbour/", "/", "5f0c3f0e-6b1e-4a55-9b39-0d2f6c6d7a10"])
def test_a_topic_or_campaign_that_is_not_there_is_not_found(text):
    with pytest.raises(query.NotFound):
        query.find_subject(text)


@pytest.mark.parametrize("text", ["", "health-tips", "🦊", "a\nb"])
def test_what_is_neither_topic_nor_campaign_is_answered_with_a_sentence(text):
    with pytest.raises(query.UnclearQuery):
        query.find_subject(text)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2027-03-01", datetime(2027, 3, 1, tzinfo=UTC)),
        ("2027-03-01T09:00", datetime(2027, 3, 1, 9, tzinfo=UTC)),
        ("2027-03-01T09:00:00Z", datetime(2027, 3, 1, 9, tzinfo=UTC)),
        ("2027-03-01T09:00:00+02:00", datetime(2027, 3, 1, 7, tzinfo=UTC)),
        ("2027-03-01T09:00:00 02:00", datetime(2027, 3, 1, 7, tzinfo=UTC)),
        (" 2027-03-01 09:00 ", datetime(2027, 3, 1, 9, tzinfo=UTC)),
    ],
)
def test_a_moment_is_read_in_utc_unless_it_says_otherwise(text, moment):
    assert query.parse_moment(text) == moment


@pytest.mark.parametrize(
    "text", ["tomorrow", "2027-13-01", "2027-02-30T09:00", "1969-01-01", "9999-12-31T23:59-12:00", "🦊"]
)
def test_what_is_no_moment_is_answered_with_a_sentence(text):
    with pytest.raises(query.UnclearQuery):
        query.parse_moment(text)
