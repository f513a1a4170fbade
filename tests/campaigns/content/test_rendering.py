"""What one person gets: who it is from, why, how to leave; and nothing they did not ask for."""

import email
import email.policy
import hashlib

import pytest

from campaigns.audience import service as audience
from campaigns.content import rendering
from campaigns.workflow import lifecycle
from preferences.errors import Unreadable
from preferences.links import tokens
from tests import factories
from tests.conftest import subscribe


@pytest.fixture
def text_campaign(topic):
    return factories.CampaignFactory(topic=topic, channel="sms", subject="", body="Walk {{ topic }} today.")


def frozen(campaign, approver):
    """The campaign's first message, as the workers find it."""
    lifecycle.submit(campaign, by=campaign.author)
    lifecycle.approve(campaign, by=approver)
    audience.freeze(lifecycle.start(campaign))
    return campaign.messages.select_related("address__contact", "event").first()


def parcel(campaign, message):
    return rendering.prepare(campaign).parcel(message, message.address, message.address.contact)


def mail_to(subscriber, campaign, approver):
    content = parcel(campaign, frozen(campaign, approver)).content
    return email.message_from_bytes(content, policy=email.policy.default)


def part(mail, kind):
    return mail.get_body([kind]).get_content()


def raw_headers(parcel):
    return parcel.content.partition(b"\r\n\r\n")[0].decode().split("\r\n")


def test_a_mail_says_who_it_is_from_and_where_answers_go(campaign, subscriber, approver):
    mail = mail_to(subscriber, campaign, approver)

    assert mail["From"] == "Harbour Clinic <news@harbour.example>"
    assert mail["Reply-To"] == "care@harbour.example"
    assert mail["To"] == subscriber.value
    assert mail["Subject"] == "A tip for spring"


@pytest.mark.parametrize("kind", ["plain", "html"])
def test_both_parts_say_why_from_whom_and_how_to_leave(kind, campaign, subscriber, approver):
    said = part(mail_to(subscriber, campaign, approver), kind)

    assert "You get this because you asked for “Health tips” from Harbour Clinic on " in said
    assert subscriber.value in said
    assert "Harbour Clinic Ltd" in said
    assert "1 Quay Street, Portland, ME 04101" in said
    assert "care@harbour.example" in said
    assert "http://testserver/u/" in said
    assert "http://testserver/p/" in said
    assert "https://harbour.example/privacy" in said


def test_both_one_click_headers_stand_on_one_line_each(campaign, subscriber, approver):
    lines = raw_headers(parcel(campaign, frozen(campaign, approver)))

    one_click = [line for line in lines if line.startswith("List-Unsubscribe: ")]
    assert len(one_click) == 1
    assert one_click[0].startswith("List-Unsubscribe: <http://testserver/o/")
    assert one_click[0].endswith(">")
    assert len(one_click[0]) < 220
    assert lines.count("List-Unsubscribe-Post: List-Unsubscribe=One-Click") == 1


def test_the_list_has_an_id_that_stays(campaign, subscriber, approver):
    topic = campaign.topic

    assert mail_to(subscriber, campaign, approver)["List-Id"] == (
        f'"Health tips" <{topic.slug}.{topic.sender.slug}.testserver>'
    )


def test_the_message_id_is_our_reference(campaign, subscriber, approver):
    mail = mail_to(subscriber, campaign, approver)

    assert mail["Message-ID"] == f"<{campaign.messages.get().reference}@testserver>"


def test_the_links_lead_to_the_person_the_topic_and_the_message(campaign, subscriber, approver):
    mail = mail_to(subscriber, campaign, approver)

    token = part(mail, "plain").split("http://testserver/u/")[1].split()[0].strip("/")
    claims = tokens.read_token(tokens.LinkPurpose.UNSUBSCRIBE, token)
    assert claims.address == subscriber.pk
    assert claims.topic == campaign.topic.pk
    assert claims.message == campaign.messages.get().reference.int


def test_the_header_and_the_footer_lead_to_different_pages(campaign, subscriber, approver):
    mail = mail_to(subscriber, campaign, approver)

    assert mail["List-Unsubscribe"].strip("<>") not in part(mail, "plain")


def test_two_people_get_two_mails(campaign, subscriber, approver):
    subscribe(factories.email_address(name="Ben"), campaign.topic)
    frozen(campaign, approver)
    prepared = rendering.prepare(campaign)

    mails = [prepared.parcel(m, m.address, m.address.contact) for m in campaign.messages.order_by("pk")]

    assert mails[0].to != mails[1].to
    assert b"Hello there," in mails[0].content
    assert b"Hello Ben," in mails[1].content


def test_a_mail_calls_nobody(campaign, subscriber, approver):
    page = part(mail_to(subscriber, campaign, approver), "html")

    assert "<img" not in page
    assert "<script" not in page
    assert "<link" not in page
    assert "url(" not in page


def test_a_name_from_a_form_stays_words(campaign, approver):
    subscribe(factories.email_address(name='<a href="https://evil.example">Prize</a>'), campaign.topic)

    page = part(mail_to(None, campaign, approver), "html")

    assert "evil.example&quot;&gt;Prize" in page


@pytest.mark.parametrize("breaker", ["\r\nBcc: x@evil.example", "\u2028Bcc: x@evil.example", "\x0bBcc: x@evil.example"])
def test_no_header_can_be_smuggled_in(breaker, topic, subscriber, approver):
    topic.name = f"Tips{breaker}"
    topic.save()
    topic.sender.name = f"Clinic{breaker}"
    topic.sender.save()
    campaign = factories.CampaignFactory(topic=topic, subject=f"Hello{breaker}")

    mail = mail_to(subscriber, campaign, approver)

    assert mail["Bcc"] is None
    assert mail.defects == []


def test_a_field_in_a_subject_is_filled_in(topic, approver):
    campaign = factories.CampaignFactory(topic=topic, subject='{{ first_name|default:"You" }}, a tip')
    subscribe(factories.email_address(name="Zoë Álvarez"), topic)

    assert mail_to(None, campaign, approver)["Subject"] == "Zoë, a tip"


def test_a_field_inside_a_link_is_refused(topic):
    campaign = factories.CampaignFactory(topic=topic, body="[x](https://e.example/?who={{ name }})")

    with pytest.raises(Unreadable, match="link"):
        rendering.check_sendable(campaign)


def test_a_text_begins_with_the_brand_and_ends_with_the_way_out(text_campaign, texter, approver):
    text = parcel(text_campaign, frozen(text_campaign, approver))

    assert text.body == "Harbour Clinic: Walk Health tips today.\nReply STOP to stop, HELP for help."
    assert text.sender == text_campaign.topic.sender.text_number
    assert text.to == texter.normal_form
    assert text.reference == str(text_campaign.messages.get().reference)


def test_a_brand_already_said_is_not_said_twice(text_campaign, texter, approver):
    text_campaign.body = "Harbour Clinic says hello."

    assert rendering.preview(text_campaign).words.text.count("Harbour Clinic") == 1


def test_staff_see_what_a_text_costs(text_campaign):
    assert rendering.preview(text_campaign).size.segments == 1


def test_what_was_handed_over_can_be_proved(campaign, subscriber, approver):
    mail = parcel(campaign, frozen(campaign, approver))

    assert rendering.parcel_digest(mail) == hashlib.sha256(mail.content).hexdigest()


def test_changed_words_are_composed_anew(campaign):
    before = rendering.preview(campaign).words.text
    campaign.body = "Something else."

    assert rendering.preview(campaign).words.text != before


def test_preparing_again_costs_no_composing(campaign):
    assert rendering.prepare(campaign).html is rendering.prepare(campaign).html
