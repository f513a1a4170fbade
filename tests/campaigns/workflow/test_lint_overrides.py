"""A second person allows words that break rules of content, and says why."""

import pytest
from django.utils import translation

from campaigns.audience import service as audience
from campaigns.content import content_checks, lint
from campaigns.models import Campaign, LintOverride
from campaigns.sending import sender
from campaigns.workflow import lifecycle, lint_overrides
from preferences.errors import NotAllowed
from tests import factories

REASON = "The clinic's own name; counsel agreed on 3 May."


@pytest.fixture
def risky(topic, author):
    """A mail whose subject tells of somebody's health."""
    return factories.CampaignFactory(topic=topic, author=author, subject="Your diabetes evening")


def test_words_that_break_a_rule_are_not_submitted(risky, author):
    with pytest.raises(NotAllowed, match=r"diabetes.*Write a neutral text"):
        lifecycle.submit(risky, by=author)


def test_what_a_second_person_allows_can_be_submitted(risky, author, approver):
    lint_overrides.allow(risky, reason=REASON, by=approver)

    assert lifecycle.submit(risky, by=author).status == Campaign.Status.IN_REVIEW


def test_who_allowed_what_and_why_is_kept(risky, approver):
    row = lint_overrides.allow(risky, reason=f"  {REASON} ", by=approver)

    assert (row.by, row.reason, row.content_digest) == (approver, REASON, risky.content_digest)
    assert [(one["code"], one["about"]) for one in row.problems] == [("no_health_words", ["diabetes"])]
    assert "diabetes" in lint_overrides.allowed_sentences(row)[0]


def test_it_is_told_in_the_campaigns_history(risky, approver):
    lint_overrides.allow(risky, reason="Fine.", by=approver)

    newest = risky.history.first()
    assert (newest.history_change_reason, newest.history_user) == ("allowed:Fine.", approver)


def test_nobody_allows_their_own_words(risky, author):
    with pytest.raises(NotAllowed, match="someone who did not write the text"):
        lint_overrides.allow(risky, reason=REASON, by=author)


def test_who_changed_the_words_does_not_allow_them(risky, approver):
    lifecycle.revise(risky, subject="Our diabetes evening", by=approver)

    with pytest.raises(NotAllowed, match="someone who did not write the text"):
        lint_overrides.allow(risky, reason=REASON, by=approver)


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_a_reason_is_owed(reason, risky, approver):
    with pytest.raises(NotAllowed, match="Explain why this text is acceptable"):
        lint_overrides.allow(risky, reason=reason, by=approver)


def test_a_reason_has_an_end(risky, approver):
    with pytest.raises(NotAllowed, match="at most 1000 characters"):
        lint_overrides.allow(risky, reason="x" * 1001, by=approver)


def test_other_words_need_another_look(risky, author, approver):
    lint_overrides.allow(risky, reason=REASON, by=approver)
    lifecycle.revise(risky, subject="Your diabetes night", by=author)

    with pytest.raises(NotAllowed, match="diabetes"):
        lifecycle.submit(risky, by=author)


def test_the_same_words_again_are_still_allowed(risky, author, approver):
    lint_overrides.allow(risky, reason=REASON, by=approver)
    lifecycle.revise(risky, subject="A walk", by=author)
    lifecycle.revise(risky, subject="Your diabetes evening", by=author)

    assert lint.error_sentences(Campaign.objects.get(pk=risky.pk)) == []


def test_a_problem_that_was_not_there_is_in_the_way(risky, author, approver):
    lint_overrides.allow(risky, reason=REASON, by=approver)
    risky.topic.name = "Oncology walks"
    risky.topic.save()

    with pytest.raises(NotAllowed, match="oncology"):
        lifecycle.submit(Campaign.objects.get(pk=risky.pk), by=author)


def test_what_nobody_may_allow(risky, approver):
    risky.topic.sender.postal_address = " "
    risky.topic.sender.save()

    with pytest.raises(NotAllowed, match=r"cannot be allowed by anybody: Harbour Clinic has no postal address"):
        lint_overrides.allow(risky, reason=REASON, by=approver)


def test_good_words_need_no_leave(campaign, approver):
    with pytest.raises(NotAllowed, match="No exception is needed"):
        lint_overrides.allow(campaign, reason=REASON, by=approver)


def test_only_a_draft_is_allowed_anything(approved, approver):
    with pytest.raises(NotAllowed, match="only possible for a draft"):
        lint_overrides.allow(approved, reason=REASON, by=approver)


def test_words_that_were_not_read_are_not_allowed(risky, author, approver):
    read = risky.content_digest
    lifecycle.revise(risky, subject="Your diabetes night", by=author)

    with pytest.raises(NotAllowed, match="changed while you were reading"):
        lint_overrides.allow(risky, reason=REASON, by=approver, read=read)


def test_allowing_twice_is_refused(risky, approver):
    lint_overrides.allow(risky, reason=REASON, by=approver)

    with pytest.raises(NotAllowed, match="No exception is needed"):
        lint_overrides.allow(risky, reason=REASON, by=approver)
    assert LintOverride.objects.count() == 1


def test_the_hand_over_lets_through_what_was_allowed(risky, approver):
    lacking = content_checks.text_findings(risky).lacks

    lint_overrides.allow(risky, reason=REASON, by=approver)

    assert "no_health_words" in lacking
    assert "no_health_words" not in content_checks.text_findings(risky).lacks


def test_the_hand_over_holds_to_what_became_lacking_since(risky, approver):
    lint_overrides.allow(risky, reason=REASON, by=approver)

    risky.topic.sender.postal_address = ""

    assert "postal_address" in content_checks.text_findings(risky).lacks


def test_a_length_that_was_allowed_is_no_matter_at_the_hand_over(topic, author, approver):
    topic.purpose = "informational"
    topic.save()
    body = "Walk with us. " * 11 + "https://harbour.example/w"
    text = factories.CampaignFactory(topic=topic, author=author, channel="sms", subject="", body=body)

    lint_overrides.allow(text, reason=REASON, by=approver)

    assert lint.error_sentences(text) == []
    assert content_checks.text_findings(text).characters == 0


def test_a_label_that_was_allowed_to_be_missing_counts_as_carried(topic, author, approver):
    topic.sender.country = "SG"
    topic.sender.save()
    mail = factories.CampaignFactory(topic=topic, author=author)

    lint_overrides.allow(mail, reason=REASON, by=approver)

    assert content_checks.text_findings(mail).labels == {"<ADV>"}


def test_people_get_what_was_allowed(risky, subscriber, author, approver, mail_server):
    lint_overrides.allow(risky, reason=REASON, by=approver)
    lifecycle.start(lifecycle.approve(lifecycle.submit(risky, by=author), by=approver), by=approver)

    audience.freeze(risky)
    sender.send_batch(Campaign.objects.get(pk=risky.pk))

    assert len(mail_server.messages) == 1
    assert risky.messages.get().status == "sent"


@pytest.mark.parametrize(("kept_in", "read_in"), [("de", "en"), ("en", "de")])
def test_what_was_allowed_is_told_in_the_language_of_the_reader(kept_in, read_in, risky, approver):
    with translation.override(kept_in):
        row = lint_overrides.allow(risky, reason=REASON, by=approver)
    told = {"en": "Others could read something", "de": "Andere könnten hier etwas"}

    with translation.override(read_in):
        assert told[read_in] in lint_overrides.allowed_sentences(LintOverride.objects.get(pk=row.pk))[0]
        assert told[read_in] in lint_overrides.current_overrides(risky)[0].sentences[0]


def test_a_purpose_is_told_in_the_language_of_the_reader(topic, author, approver):
    topic.purpose = "informational"
    topic.save()
    mail = factories.CampaignFactory(topic=topic, author=author, body="20% off all shoes.")
    lint_overrides.allow(mail, reason=REASON, by=approver)

    with translation.override("de"):
        told = lint_overrides.current_overrides(mail)[0].sentences[0]

    assert f"„{topic.Purpose.INFORMATIONAL.label}“" not in told
    with translation.override("de"):
        assert str(topic.Purpose.INFORMATIONAL.label) in told
