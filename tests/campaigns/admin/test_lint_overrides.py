"""What speaks against a campaign's words, as colleagues see it; and the button that allows them all the same."""

import pytest

from campaigns.models import Campaign, LintOverride
from campaigns.workflow import lifecycle, lint_overrides
from tests import factories, roles
from tests.campaigns.admin.admin_pages import button, page, status, words_of

REASON = "The name of the evening; counsel agreed."


@pytest.fixture
def risky(topic, author):
    return factories.CampaignFactory(topic=topic, author=author, subject="Your diabetes evening")


def seen(client, campaign, name="change"):
    return words_of(client.get(page(f"campaign_{name}", campaign.pk)))


def offers_to_allow(client, campaign):
    return button("allow", campaign) in client.get(page("campaign_change", campaign.pk)).content.decode()


@pytest.mark.parametrize("name", ["change", "preview", "submit"])
def test_each_page_says_what_is_wrong_what_to_do_and_whose_rules_ask_for_it(name, writing, risky):
    shown = seen(writing, risky, name)

    assert "Must fix: Others could read something about a person&#x27;s health or records here: diabetes." in shown
    assert "Write a neutral text, subject and topic name" in shown
    assert "Because these rules apply to the sender: United States, 15 USC 7704(a)" in shown


def test_submitting_says_why_not(writing, risky):
    answer = writing.post(button("submit", risky))

    assert "diabetes" in words_of(answer)
    assert status(risky) == Campaign.Status.DRAFT


def test_an_approver_allows_words_with_a_reason(approving, risky, approver):
    approving.post(button("allow", risky), {"reason": REASON, "read": risky.content_digest})

    row = LintOverride.objects.get()
    assert (row.campaign, row.by, row.reason) == (risky, approver, REASON)


def test_the_words_are_on_the_page_that_allows_them(approving, risky):
    shown = seen(approving, risky, "allow")

    assert "Your diabetes evening" in shown
    assert "walk **ten minutes** today" in shown
    assert "Must fix:" in shown


@pytest.mark.parametrize("reason", ["", "   ", "x" * 1001])
def test_a_reason_is_owed(reason, approving, risky):
    answer = approving.post(button("allow", risky), {"reason": reason, "read": risky.content_digest})

    assert answer.status_code == 200
    assert not LintOverride.objects.exists()


def test_looking_at_the_button_allows_nothing(approving, risky):
    approving.get(button("allow", risky))

    assert not LintOverride.objects.exists()


def test_words_that_were_not_read_are_not_allowed(approving, risky):
    answer = approving.post(button("allow", risky), {"reason": REASON, "read": "other words"})

    assert "changed while you were reading" in words_of(answer)
    assert not LintOverride.objects.exists()


def test_pressed_twice_it_is_allowed_once(approving, risky):
    approving.post(button("allow", risky), {"reason": REASON, "read": risky.content_digest})
    answer = approving.post(button("allow", risky), {"reason": REASON, "read": risky.content_digest})

    assert "No exception is needed: this text can be submitted." in words_of(answer)
    assert LintOverride.objects.count() == 1


@pytest.mark.parametrize("role", ["author", "auditor", "support"])
def test_others_allow_nothing(role, client, risky):
    client.force_login(roles.colleague(role, username="somebody"))

    assert client.post(button("allow", risky), {"reason": REASON}).status_code == 403
    assert not LintOverride.objects.exists()


def test_a_compliance_officer_may_allow_too(client, risky):
    client.force_login(roles.colleague("compliance officer", username="officer"))

    client.post(button("allow", risky), {"reason": REASON, "read": risky.content_digest})

    assert LintOverride.objects.get().by.username == "officer"


def test_strangers_are_asked_to_log_in(client, risky):
    assert "/login/" in client.post(button("allow", risky), {"reason": REASON})["Location"]


def test_the_button_is_there_while_there_is_something_to_allow(approving, risky, campaign):
    assert offers_to_allow(approving, risky)
    assert not offers_to_allow(approving, campaign)


def test_the_button_is_not_offered_to_who_wrote_the_words(approving, risky, approver):
    lifecycle.revise(risky, subject="My diabetes evening", by=approver)

    assert not offers_to_allow(approving, risky)


def test_the_button_is_not_offered_for_what_nobody_may_allow(approving, risky):
    risky.topic.sender.postal_address = ""
    risky.topic.sender.save()

    assert not offers_to_allow(approving, risky)


@pytest.mark.parametrize("name", ["change", "approve"])
def test_whoever_approves_reads_what_was_allowed_and_why(name, approving, risky, author, approver):
    lint_overrides.allow(risky, reason=REASON, by=roles.colleague("approver", username="second"))
    lifecycle.submit(risky, by=author)

    shown = seen(approving, risky, name)

    assert "second allowed this text on" in shown
    assert REASON in shown
    assert "health or records here: diabetes" in shown


def test_what_was_allowed_stays_on_the_page_when_the_words_change(writing, risky, author, approver):
    lint_overrides.allow(risky, reason=REASON, by=approver)
    lifecycle.revise(risky, subject="A walk", by=author)

    shown = seen(writing, risky)

    assert "Exceptions to content rules" in shown
    assert REASON in shown
    assert "approver allowed this text on" not in shown


def test_the_history_tells_of_it(writing, risky, approver):
    lint_overrides.allow(risky, reason=REASON, by=approver)

    assert f"Allowed: {REASON}" in seen(writing, risky, "history")


def test_a_reason_is_no_request_of_the_reviewer(writing, risky, approver):
    lint_overrides.allow(risky, reason=REASON, by=approver)

    assert "Changes requested by the reviewer:" not in seen(writing, risky)


def test_what_somebody_wrote_as_a_reason_is_shown_as_words(writing, risky, approver):
    lint_overrides.allow(risky, reason="<script>alert(1)</script>\u202e 🎉", by=approver)

    assert "<script>alert(1)" not in writing.get(page("campaign_change", risky.pk)).content.decode()


@pytest.mark.parametrize(("language", "told"), [("en", "Allowed: "), ("de", "Erlaubt: ")])
def test_the_history_of_the_campaign_says_that_it_was_allowed_in_the_language_of_the_reader(
    approving, risky, approver, language, told
):
    lint_overrides.allow(risky, reason=REASON, by=approver)

    shown = approving.get(page("campaign_history", risky.pk), headers={"accept-language": language})

    assert told + REASON in words_of(shown)
