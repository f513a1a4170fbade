"""The buttons of a campaign: who sees which one, and what each does."""

import html
from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.workflow import lifecycle
from tests import factories
from tests.campaigns.admin.admin_pages import BUTTONS, button, page, status, words_of

Status = Campaign.Status


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
    client.post(button("approve", campaign), {"read": campaign.content_digest})
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


def test_the_page_that_approves_shows_the_words_and_approves_no_others(approving, campaign, author, approver):
    lifecycle.submit(campaign, by=author)
    shown = approving.get(button("approve", campaign))
    read = shown.context["form"]["read"].initial
    lifecycle.request_changes(campaign, by=approver, reason="Shorter.")
    lifecycle.submit(lifecycle.revise(campaign, by=author, body="<b>Something else</b>."), by=author)

    refused = approving.post(button("approve", campaign), {"read": read})

    assert campaign.body in html.unescape(shown.content.decode())
    assert read in shown.content.decode()
    assert "changed while you were reading" in words_of(refused)
    assert "&lt;b&gt;Something else" in refused.content.decode()
    assert status(campaign) == Status.IN_REVIEW


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


def test_a_dead_broker_costs_a_start_nothing(approving, approved, broken_broker, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = approving.post(button("start", approved))

    assert answer.status_code == 302
    assert status(approved) == Status.SENDING
