"""What colleagues read about a campaign: preview, audience, progress, and a test to themselves."""

import pytest
from django.contrib.auth.models import User

from campaigns.audience import service as audience
from campaigns.models import Campaign
from campaigns.sending import sender
from campaigns.workflow import lifecycle
from preferences.consent import opt_out_reasons, suppressions
from preferences.consent import service as consent
from preferences.models import Source
from tests import factories
from tests.campaigns.admin.admin_pages import button, words_of
from tests.conftest import subscribe


def test_the_preview_shows_the_mail_in_a_sandbox(writing, campaign):
    content = writing.get(button("preview", campaign)).content.decode()

    assert '<iframe sandbox srcdoc="&lt;!DOCTYPE html&gt;' in content
    assert "Hello Ana Sample," in content
    assert "<script>alert" not in content


def test_hostile_words_are_inert_in_the_preview(writing, topic, author):
    hostile = '"><script>alert(1)</script>'
    campaign = factories.CampaignFactory(
        topic=topic, author=author, name=hostile, subject=hostile, body=f"{hostile} [x](javascript:alert(1))"
    )

    content = writing.get(button("preview", campaign)).content.decode()

    assert "<script>alert" not in content
    assert 'href="javascript:' not in content


def test_the_preview_of_a_text_says_what_it_costs(writing, topic, author):
    campaign = factories.CampaignFactory(topic=topic, author=author, channel="sms", subject="", body="Walk today.")

    said = words_of(writing.get(button("preview", campaign)))

    assert "Harbour Clinic: Walk today." in said
    assert "1 segment per person" in said


def test_an_unreadable_draft_still_has_a_preview_page(writing, campaign):
    Campaign.objects.update(body="Hello {{ nmae }}")

    assert "is not a merge field" in words_of(writing.get(button("preview", campaign)))


def test_the_audience_is_counted_with_every_reason_in_words(writing, campaign, topic, address):
    subscribe(factories.email_address(), topic)
    left = subscribe(factories.email_address(), topic)
    consent.withdraw(left, topic, source=Source.UNSUBSCRIBE_PAGE)
    suppressions.suppress(subscribe(factories.email_address(), topic), "bounced")

    said = words_of(writing.get(button("audience", campaign)))

    assert "1 would receive it now" in said
    assert "3 would be excluded, for the reasons below" in said
    assert "Opted out of this topic 1" in said
    assert "The address is undeliverable 1" in said
    assert "Never subscribed to this topic 1" in said


def test_progress_adds_up_and_renews_itself_while_sending(approving, started, topic, mail_server):
    subscribe(factories.email_address(), topic)
    consent.withdraw(subscribe(factories.email_address(), topic), topic, source=Source.UNSUBSCRIBE_PAGE)
    audience.freeze(started)
    sender.send_batch(started)

    answer = approving.get(button("progress", started))

    assert answer["Refresh"] == "3"
    assert "100%" in words_of(answer)
    assert "2 of 2 recipients processed" in words_of(answer)
    assert "Opted out of this topic 1" in words_of(answer)


def test_progress_tells_who_left_because_of_these_messages_and_why(approving, started, topic):
    subscriber = subscribe(factories.email_address(), topic)
    audience.freeze(started)
    message = started.messages.get()
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE, origin=message.reference)
    opt_out_reasons.record_reason(subscriber, topic, reason="too_often", origin=message.reference)

    said = words_of(approving.get(button("progress", started)))

    assert "Opt-outs from these messages" in said
    assert "1 address opted out. Reason given Count Too many messages 1" in said


@pytest.mark.parametrize("still", ["?still", ""])
def test_a_page_that_stands_still_when_asked_or_done(still, approving, started):
    lifecycle.pause(started)

    assert "Refresh" not in approving.get(button("progress", started) + still)


def test_a_test_goes_to_the_colleague_alone(writing, author, campaign, subscriber, mail_server):
    answer = writing.post(button("test", campaign), follow=True)

    assert f"A test is being sent to {author.email}." in words_of(answer)
    assert [mail.to for mail in mail_server.messages] == [[author.email]]
    assert b"Subject: [Test] A tip for spring" in mail_server.messages[0].content
    assert not campaign.messages.exists()


def test_a_test_text_goes_to_the_number_that_was_entered(writing, topic, author, text_provider):
    campaign = factories.CampaignFactory(topic=topic, author=author, channel="sms", subject="", body="Walk today.")

    writing.post(button("test", campaign), {"number": "+1 (207) 555-0199"})

    assert text_provider.texts[0].words["to"] == "+12075550199"
    assert "[Test] Walk today." in text_provider.texts[0].words["body"]


def test_a_test_does_not_go_to_somebody_who_said_stop(writing, topic, author, texter, text_provider):
    campaign = factories.CampaignFactory(topic=topic, author=author, channel="sms", subject="", body="Walk today.")
    consent.withdraw_all(texter, sender=topic.sender, source=Source.SMS)

    answer = writing.post(button("test", campaign), {"number": texter.value})

    assert "opted out" in words_of(answer)
    assert text_provider.texts == []


def test_a_colleague_without_an_e_mail_is_told(writing, campaign):
    User.objects.filter(username="author").update(email="")

    assert "Your account has no email address" in words_of(writing.post(button("test", campaign)))


def test_a_mail_server_that_is_away_is_told(writing, campaign, settings):
    settings.EMAIL_PORT = 1

    assert "The test was not sent" in words_of(writing.post(button("test", campaign)))


@pytest.fixture
def evening(time_machine):
    """Half past nine in Maine, on a Tuesday."""
    time_machine.move_to("2026-11-25T02:30:00Z")


def test_progress_tells_what_people_wait_for_and_until_when(evening, approving, texter, topic, author, approver):
    draft = factories.CampaignFactory(topic=topic, channel="sms", subject="", body="Walk today.", author=author)
    started = lifecycle.start(lifecycle.approve(lifecycle.submit(draft, by=author), by=approver), by=approver)
    audience.freeze(started)
    sender.send_batch(started)

    said = words_of(approving.get(button("progress", started)))

    assert "Outside the sending hours in their location → 25 Nov 14:00 UTC 1" in said
