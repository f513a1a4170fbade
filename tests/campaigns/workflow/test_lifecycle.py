"""What a campaign goes through: nobody approves their own, and what was approved is what is sent."""

from datetime import timedelta

import pytest
from django.utils import timezone

from campaigns.audience import service as audience
from campaigns.models import Campaign
from campaigns.workflow import lifecycle
from preferences.errors import NotAllowed

Status = Campaign.Status
WAY = {
    Status.DRAFT: [],
    Status.IN_REVIEW: ["submit"],
    Status.APPROVED: ["submit", "approve"],
    Status.SCHEDULED: ["submit", "approve", "schedule"],
    Status.SENDING: ["submit", "approve", "start"],
    Status.PAUSED: ["submit", "approve", "start", "pause"],
    Status.FINISHED: ["submit", "approve", "start", "finish"],
    Status.CANCELLED: ["cancel"],
}


@pytest.fixture
def verbs(author, approver):
    """Each verb as its sentence."""
    hour = timedelta(hours=1)
    return {
        "submit": lambda campaign: lifecycle.submit(campaign, by=author),
        "approve": lambda campaign: lifecycle.approve(campaign, by=approver),
        "return_to_author": lambda campaign: lifecycle.request_changes(campaign, by=approver, reason="Shorter."),
        "schedule": lambda campaign: lifecycle.schedule(campaign, by=approver, at=timezone.now() + hour),
        "start": lambda campaign: lifecycle.start(campaign, by=approver),
        "pause": lambda campaign: lifecycle.pause(campaign, by=approver),
        "resume": lambda campaign: lifecycle.resume(campaign, by=approver),
        "cancel": lambda campaign: lifecycle.cancel(campaign, by=approver),
        "finish": lambda campaign: audience.freeze(campaign) or lifecycle.finish(campaign),
    }


@pytest.fixture
def at(campaign, verbs):
    """The campaign, brought to a status by the verbs that lead there."""

    def brought(status):
        for name in WAY[status]:
            verbs[name](campaign)
        return Campaign.objects.get(pk=campaign.pk)

    return brought


ALLOWED = {
    "submit": {Status.DRAFT: Status.IN_REVIEW},
    "approve": {Status.IN_REVIEW: Status.APPROVED},
    "return_to_author": dict.fromkeys([Status.IN_REVIEW, Status.APPROVED, Status.SCHEDULED], Status.DRAFT),
    "schedule": dict.fromkeys([Status.APPROVED, Status.SCHEDULED], Status.SCHEDULED),
    "start": dict.fromkeys([Status.APPROVED, Status.SCHEDULED], Status.SENDING),
    "pause": {Status.SENDING: Status.PAUSED},
    "resume": {Status.PAUSED: Status.SENDING},
    "cancel": dict.fromkeys(set(Status) - {Status.FINISHED, Status.CANCELLED}, Status.CANCELLED),
}
MOVES = [(verb, start, end) for verb, moves in ALLOWED.items() for start, end in sorted(moves.items())]
REFUSED = [(verb, status) for verb, moves in ALLOWED.items() for status in Status if status not in moves]


@pytest.mark.parametrize(("verb", "start", "end"), MOVES)
def test_a_verb_leads_where_it_says(verb, start, end, at, verbs):
    assert verbs[verb](at(start)).status == end


@pytest.mark.parametrize(("verb", "status"), REFUSED)
def test_anything_else_is_refused_with_a_sentence_and_changes_nothing(verb, status, at, verbs):
    campaign = at(status)

    with pytest.raises(NotAllowed, match=r"^This campaign .*\.$"):
        verbs[verb](campaign)

    assert Campaign.objects.get(pk=campaign.pk).status == status


def test_starting_twice_says_that_it_is_being_sent(at, verbs):
    with pytest.raises(NotAllowed, match="This campaign is already being sent"):
        verbs["start"](at(Status.SENDING))


def test_nobody_approves_their_own(at, author):
    with pytest.raises(NotAllowed, match="other than those who wrote it"):
        lifecycle.approve(at(Status.IN_REVIEW), by=author)


def test_nobody_approves_what_they_changed(campaign, author, approver):
    lifecycle.revise(campaign, by=approver, body="My words now.")
    lifecycle.submit(campaign, by=author)

    with pytest.raises(NotAllowed, match="other than those who wrote it"):
        lifecycle.approve(campaign, by=approver)


def test_returning_a_campaign_does_not_make_its_reviewer_a_writer(at, verbs):
    campaign = verbs["return_to_author"](at(Status.IN_REVIEW))
    verbs["submit"](campaign)

    assert verbs["approve"](campaign).status == Status.APPROVED


def test_words_that_changed_while_they_were_read_are_not_approved(at, verbs, author, approver):
    read = at(Status.IN_REVIEW).content_digest
    campaign = verbs["return_to_author"](Campaign.objects.get())
    verbs["submit"](lifecycle.revise(campaign, by=author, body="Something else."))

    with pytest.raises(NotAllowed, match="changed while you were reading"):
        lifecycle.approve(campaign, by=approver, read=read)
    assert lifecycle.approve(campaign, by=approver, read=Campaign.objects.get().content_digest).approved_by == approver


def test_approving_says_who_did(at, verbs, approver):
    assert verbs["approve"](at(Status.IN_REVIEW)).approved_by == approver


def test_returning_takes_the_approval_back(at, verbs):
    campaign = verbs["return_to_author"](at(Status.SCHEDULED))

    assert campaign.approved_by is None
    assert campaign.scheduled_at is None


def test_returning_needs_a_reason_and_keeps_it(at, approver):
    campaign = at(Status.IN_REVIEW)

    with pytest.raises(NotAllowed, match="what to change"):
        lifecycle.request_changes(campaign, by=approver, reason=" ")
    lifecycle.request_changes(campaign, by=approver, reason="Shorter, please.")

    assert campaign.history.first().history_change_reason == "Shorter, please."


def test_history_knows_who_moved_it(at, approver):
    assert at(Status.SENDING).history.first().history_user == approver


def test_what_lint_refuses_is_not_submitted(campaign, author):
    lifecycle.revise(campaign, by=author, body="Hello {{ nmae }}")

    with pytest.raises(NotAllowed, match="is not a merge field"):
        lifecycle.submit(campaign, by=author)


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.DRAFT}))
def test_only_a_draft_can_be_changed(status, at, author):
    campaign = at(status)

    with pytest.raises(NotAllowed, match="Only a draft can be changed"):
        lifecycle.revise(campaign, by=author, body="Something nobody approved.")

    assert Campaign.objects.get(pk=campaign.pk).body == campaign.body


def test_revising_changes_words_and_nothing_else(campaign, author):
    with pytest.raises(NotAllowed, match="status"):
        lifecycle.revise(campaign, by=author, status=Status.SENDING)


def test_the_past_is_no_time_to_start(at, approver):
    with pytest.raises(NotAllowed, match="in the future"):
        lifecycle.schedule(at(Status.APPROVED), by=approver, at=timezone.now())


def test_the_clock_starts_what_is_due_once(at, time_machine):
    campaign = at(Status.SCHEDULED)
    time_machine.move_to(timezone.now() + timedelta(hours=2))

    assert lifecycle.start_due() == [campaign]
    assert lifecycle.start_due() == []


def test_the_clock_leaves_what_is_not_due(at):
    at(Status.SCHEDULED)

    assert lifecycle.start_due() == []


def test_a_campaign_is_not_finished_while_messages_are_on_their_way(at, subscriber):
    campaign = at(Status.SENDING)
    audience.freeze(campaign)

    with pytest.raises(NotAllowed, match="still being sent"):
        lifecycle.finish(campaign)
    assert lifecycle.finish_if_done(campaign.pk) is False


def test_a_campaign_with_nobody_left_finishes_by_itself_once(at):
    campaign = at(Status.SENDING)
    audience.freeze(campaign)

    assert lifecycle.finish_if_done(campaign.pk) is True
    assert lifecycle.finish_if_done(campaign.pk) is False
    assert Campaign.objects.get(pk=campaign.pk).finished_at is not None
