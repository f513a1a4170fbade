"""Writing campaigns: under whose name, what is not saved, and who may change what when."""

import pytest
from django.urls import reverse

from campaigns.models import Campaign
from campaigns.workflow import lifecycle
from tests import factories
from tests.campaigns.admin.admin_pages import page, queries, status, words_of

Status = Campaign.Status
WORDS = {"name": "Autumn", "channel": "email", "subject": "Hello", "body": "Walk **today**."}


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


@pytest.mark.parametrize("many", [1, 8])
def test_the_list_costs_the_same_however_many_campaigns(many, approving, topic, author, approver):
    for _number in range(many):
        campaign = factories.CampaignFactory(topic=topic, author=author)
        lifecycle.submit(campaign, by=author)
        lifecycle.start(lifecycle.approve(campaign, by=approver))

    assert queries(approving, page("campaign_changelist")) <= 14
