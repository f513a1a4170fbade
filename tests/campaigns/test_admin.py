"""The staff's side of a campaign: who sees which button, and what each does."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns import audience, lifecycle, sending
from campaigns.models import Campaign
from preferences import consent, suppressions
from preferences.models import Source
from tests import factories, roles
from tests.conftest import subscribe

Status = Campaign.Status
WORDS = {"name": "Autumn", "channel": "email", "subject": "Hello", "body": "Walk **today**."}
BUTTONS = ["submit", "approve", "return_to_author", "schedule", "start", "pause", "resume", "cancel"]


@pytest.fixture
def author(db):
    return roles.colleague("author", username="author")


@pytest.fixture
def approver(db):
    return roles.colleague("approver", username="approver")


@pytest.fixture
def auditor(db):
    return roles.colleague("auditor", username="auditor")


@pytest.fixture
def writing(client, author):
    client.force_login(author)
    return client


@pytest.fixture
def approving(client, approver):
    client.force_login(approver)
    return client


def page(name, *args):
    return reverse(f"admin:campaigns_{name}", args=args)


def button(name, campaign):
    return page(f"campaign_{name}", campaign.pk)


def words_of(answer):
    """What a person reads on the page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def status(campaign):
    return Campaign.objects.get(pk=campaign.pk).status


def test_an_author_writes_a_campaign_under_their_own_name(writing, author, topic):
    answer = writing.post(page("campaign_add"), WORDS | {"topic": topic.pk})

    assert answer.status_code == 302
    campaign = Campaign.objects.get()
    assert (campaign.author, campaign.status, campaign.body) == (author, Status.DRAFT, "Walk **today**.")


def test_an_author_changes_a_draft_and_the_history_says_so(writing, author, campaign):
    writing.post(page("campaign_change", campaign.pk), WORDS | {"topic": campaign.topic.pk})

    changed = Campaign.objects.get()
    assert changed.name == "Autumn"
    assert changed.history.first().history_user == author


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"body": "Hello {{ nmae }}"}, "is not a merge field"),
        ({"subject": "{{ nmae }}"}, "is not a merge field"),
        ({"body": "Hello {{ name"}, "stands alone"),
        ({"body": "{% load secrets %}"}, "stands alone"),
        ({"body": "[x](https://e.example/{{ name }})"}, "cannot be part of a link"),
        ({"subject": ""}, "Write a subject"),
    ],
)
def test_what_could_not_be_sent_is_not_saved(wrong, sentence, writing, topic):
    answer = writing.post(page("campaign_add"), WORDS | {"topic": topic.pk} | wrong)

    assert answer.status_code == 200
    assert sentence in words_of(answer)
    assert not Campaign.objects.exists()


def test_a_status_cannot_be_typed_in(writing, campaign):
    forged = {"status": "approved", "approved_by": "1", "author": "1"}

    writing.post(page("campaign_change", campaign.pk), WORDS | {"topic": campaign.topic.pk} | forged)

    assert status(campaign) == Status.DRAFT
    assert Campaign.objects.get().approved_by is None


def test_what_is_in_review_cannot_be_edited(writing, campaign, author):
    lifecycle.submit(campaign, by=author)

    answer = writing.post(page("campaign_change", campaign.pk), WORDS | {"topic": campaign.topic.pk})

    assert answer.status_code == 403
    assert Campaign.objects.get().name == campaign.name


def test_a_campaign_names_colleagues_without_a_link_that_is_closed_to_its_reader(approving, approved):
    shown = approving.get(page("campaign_change", approved.pk))

    assert "Approved by approver" in words_of(shown)
    assert reverse("admin:auth_user_change", args=[approved.author_id]) not in shown.content.decode()


def test_a_campaign_is_never_deleted(writing, campaign):
    assert writing.post(page("campaign_delete", campaign.pk), {"post": "yes"}).status_code == 403


def offered(client, campaign):
    content = client.get(page("campaign_change", campaign.pk)).content.decode()
    return {name for name in BUTTONS if button(name, campaign) in content}


@pytest.mark.parametrize(
    ("way", "buttons"),
    [
        ([], {"cancel"}),
        (["submit"], {"approve", "return_to_author", "cancel"}),
        (["submit", "approve"], {"return_to_author", "schedule", "start", "cancel"}),
        (["submit", "approve", "start"], {"pause", "cancel"}),
        (["submit", "approve", "start", "pause"], {"resume", "cancel"}),
        (["cancel"], set()),
    ],
)
def test_an_approver_is_offered_what_makes_sense_now(way, buttons, approving, campaign, author, approver):
    who = {"submit": author}
    for name in way:
        getattr(lifecycle, name)(campaign, by=who.get(name, approver))

    assert offered(approving, campaign) == buttons


def test_an_author_is_offered_to_submit_a_draft_and_nothing_else(writing, campaign):
    assert offered(writing, campaign) == {"submit"}


@pytest.mark.parametrize("name", BUTTONS)
def test_an_auditor_presses_nothing(name, client, campaign, auditor):
    client.force_login(auditor)

    assert offered(client, campaign) == set()
    assert client.post(button(name, campaign)).status_code == 403
    assert status(campaign) == Status.DRAFT


@pytest.mark.parametrize("name", ["approve", "return_to_author", "schedule", "start", "pause", "resume", "cancel"])
def test_an_author_does_none_of_an_approvers_acts(name, writing, campaign):
    assert writing.post(button(name, campaign), {"reason": "x"}).status_code == 403
    assert status(campaign) == Status.DRAFT


@pytest.mark.parametrize("name", [*BUTTONS, "preview", "audience", "progress", "test"])
def test_strangers_are_asked_to_log_in(name, client, campaign):
    answer = client.post(button(name, campaign))

    assert answer.status_code == 302
    assert "/login/" in answer["Location"]


def test_looking_at_a_button_presses_nothing(writing, campaign):
    answer = writing.get(button("submit", campaign))

    assert answer.status_code == 200
    assert "csrfmiddlewaretoken" in answer.content.decode()
    assert status(campaign) == Status.DRAFT


def test_a_button_pressed_from_elsewhere_is_refused(client, campaign, author):
    client.handler.enforce_csrf_checks = True
    client.force_login(author)

    assert client.post(button("submit", campaign)).status_code == 403
    assert status(campaign) == Status.DRAFT


def test_the_whole_way_from_draft_to_sending(client, campaign, author, approver, subscriber):
    client.force_login(author)
    client.post(button("submit", campaign))
    client.force_login(approver)
    client.post(button("approve", campaign))
    answer = client.post(button("start", campaign), follow=True)

    assert status(campaign) == Status.SENDING
    assert "It is being sent." in words_of(answer)
    moved = campaign.history.order_by("-history_id")[:3]
    assert [row.history_user for row in moved] == [approver, approver, author]


def test_an_approver_does_not_approve_their_own(approving, approver, topic):
    own = factories.CampaignFactory(topic=topic, author=approver)
    lifecycle.submit(own, by=approver)

    answer = approving.post(button("approve", own))

    assert "approved by someone other than those who wrote it" in words_of(answer)
    assert status(own) == Status.IN_REVIEW


def test_starting_twice_says_why_not(approving, started):
    answer = approving.post(button("start", started))

    assert "This campaign is already being sent." in words_of(answer)
    assert status(started) == Status.SENDING


def test_an_author_reads_what_the_reviewer_asks_for(client, campaign, author, approver):
    lifecycle.submit(campaign, by=author)
    client.force_login(approver)
    client.post(button("return_to_author", campaign), {"reason": "Shorter, please."})
    client.force_login(author)

    assert "Shorter, please." in words_of(client.get(page("campaign_change", campaign.pk)))


def test_scheduling_takes_a_time(approving, approved):
    at = (timezone.now() + timedelta(days=1)).replace(second=0, microsecond=0)

    approving.post(button("schedule", approved), {"at": at.strftime("%Y-%m-%dT%H:%M")})

    assert Campaign.objects.get().scheduled_at == at


def test_scheduling_into_the_past_is_refused(approving, approved):
    answer = approving.post(button("schedule", approved), {"at": "2020-01-01T10:00"})

    assert "Choose a time in the future" in words_of(answer)
    assert status(approved) == Status.APPROVED


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
    consent.withdraw(left, topic, source=Source.LEAVE)
    suppressions.suppress(subscribe(factories.email_address(), topic), "bounced")

    said = words_of(writing.get(button("audience", campaign)))

    assert "1 would get it now" in said
    assert "3 would not, for the reasons below" in said
    assert "Left this topic 1" in said
    assert "The address is undeliverable 1" in said
    assert "Never subscribed to this topic 1" in said


def test_progress_adds_up_and_renews_itself_while_sending(approving, started, topic, mail_server):
    subscribe(factories.email_address(), topic)
    consent.withdraw(subscribe(factories.email_address(), topic), topic, source=Source.LEAVE)
    audience.freeze(started)
    sending.send_batch(started)

    answer = approving.get(button("progress", started))

    assert answer["Refresh"] == "3"
    assert "100%" in words_of(answer)
    assert "2 of 2 people accounted for" in words_of(answer)
    assert "Left this topic 1" in words_of(answer)


@pytest.mark.parametrize("still", ["?still", ""])
def test_a_page_that_stands_still_when_asked_or_done(still, approving, started):
    lifecycle.pause(started)

    assert "Refresh" not in approving.get(button("progress", started) + still)


def test_a_test_goes_to_the_colleague_alone(writing, author, campaign, subscriber, mail_server):
    answer = writing.post(button("test", campaign), follow=True)

    assert f"on its way to {author.email}" in words_of(answer)
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
    consent.withdraw_all(texter, sender=topic.sender, source=Source.TEXT)

    answer = writing.post(button("test", campaign), {"number": texter.value})

    assert "asked us to stop" in words_of(answer)
    assert text_provider.texts == []


def test_a_colleague_without_an_e_mail_is_told(writing, campaign):
    User.objects.filter(username="author").update(email="")

    assert "Your account has no e-mail address" in words_of(writing.post(button("test", campaign)))


def test_a_mail_server_that_is_away_is_told(writing, campaign, settings):
    settings.EMAIL_PORT = 1

    assert "The test did not go out" in words_of(writing.post(button("test", campaign)))


@pytest.mark.parametrize("name", ["message", "deliveryevent"])
def test_facts_can_be_looked_at_and_never_edited(name, approving, started, subscriber, mail_server):
    audience.freeze(started)
    sending.send_batch(started)

    assert approving.get(page(f"{name}_changelist")).status_code == 200
    assert approving.get(page(f"{name}_add")).status_code == 403


def test_a_message_shows_why_it_was_skipped_and_no_whole_address(approving, started, subscriber):
    consent.withdraw(subscriber, started.topic, source=Source.LEAVE)
    audience.freeze(started)
    message = started.messages.get()

    content = approving.get(page("message_change", message.pk)).content.decode()

    assert "left this topic" in content
    assert subscriber.value not in content
    assert subscriber.value not in approving.get(page("message_changelist")).content.decode()


@pytest.mark.parametrize("many", [1, 8])
def test_the_list_costs_the_same_however_many_campaigns(many, approving, topic, author, approver):
    for _number in range(many):
        campaign = factories.CampaignFactory(topic=topic, author=author)
        lifecycle.submit(campaign, by=author)
        lifecycle.start(lifecycle.approve(campaign, by=approver))

    assert queries(approving, page("campaign_changelist")) <= 14


def queries(client, url):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_the_list_of_messages_costs_the_same_however_many(approving, started, topic):
    for _number in range(5):
        subscribe(factories.email_address(), topic)
    audience.freeze(started)

    assert queries(approving, page("message_changelist")) <= 14
