"""An audience by verdict in the back office: numbers for those who run campaigns, names for others."""

import csv
import io
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.utils import timezone

from campaigns.audience import breakdown
from campaigns.models import Breakdown
from campaigns.workflow import lifecycle
from preferences.consent import service as consent
from preferences.consent import suppressions
from preferences.models import Source
from tests import factories, roles
from tests.campaigns.admin.admin_pages import button, page, words_of
from tests.conftest import subscribe


@pytest.fixture
def people(topic):
    """Two who get it, one who left, one whose mail bounces."""
    found = [subscribe(factories.email_address(country="US", name=name), topic) for name in ("Ana", "Bo", "Cy", "Di")]
    consent.withdraw(found[2], topic, source=Source.UNSUBSCRIBE_PAGE)
    suppressions.suppress(found[3], "bounced")
    return found


@pytest.fixture
def officer(client, db):
    """Somebody who may see numbers and names."""
    client.force_login(roles.colleague("compliance officer"))
    return client


def who(campaign, **query):
    return page("recipients", campaign.pk) + "?" + "&".join(f"{name}={value}" for name, value in query.items())


def test_the_page_tells_who_gets_it_and_why_others_do_not(writing, campaign, people):
    said = words_of(writing.get(button("breakdown", campaign)))

    assert "2 Will receive now" in said
    assert "2 Excluded" in said
    assert "Opted out of this topic 1" in said
    assert "United States 2 0 0 2" in said


def test_whoever_may_not_see_people_gets_numbers_without_links(writing, campaign, people):
    content = writing.get(button("breakdown", campaign)).content.decode()

    assert "/who/" not in content
    assert writing.get(who(campaign, kind="send")).status_code == 403
    assert writing.post(page("recipients_export", campaign.pk)).status_code == 403


def test_whoever_may_not_see_the_breakdown_is_kept_out(client, campaign):
    client.force_login(roles.colleague("support"))

    assert client.get(button("breakdown", campaign)).status_code == 403


def test_a_number_leads_to_the_addresses_behind_it(officer, campaign, people):
    content = officer.get(button("breakdown", campaign)).content.decode()
    said = words_of(officer.get(who(campaign, kind="skip", reason="left")))

    assert "reason=left" in content
    assert "Cy" in said
    assert "Opted out of this topic" in said or "opted out of this topic" in said
    assert "Ana" not in said
    assert people[2].value not in said


def test_one_place_is_looked_at_alone(officer, campaign, people, topic):
    subscribe(factories.email_address(country="DE", name="Eva"), topic)

    said = words_of(officer.get(button("breakdown", campaign) + "?place=DE"))
    names = words_of(officer.get(who(campaign, kind="send", place="DE")))

    assert "Only those in Germany." in said
    assert "1 Will receive now" in said
    assert "Eva" in names
    assert "Ana" not in names


@pytest.mark.parametrize(
    "query",
    [
        "kind=nonsense",
        "at=yesterday",
        "at=2027-01-01",
        "hour=x",
        "after=-1",
        "after=9e9",
        "after=%00",
        "hour=1900-01-01",
    ],
)
def test_what_nobody_can_read_is_not_found(officer, campaign, query):
    assert officer.get(page("recipients", campaign.pk) + "?" + query).status_code == 404


@pytest.mark.parametrize("row", ["0", "x", "999999999999999999999", "\N{GRINNING FACE}"])
def test_a_count_that_is_not_there_or_of_another_campaign_is_not_found(officer, campaign, topic, author, row):
    other = breakdown.request_breakdown(factories.CampaignFactory(topic=topic, author=author), by=author)

    assert officer.get(button("breakdown", campaign), {"row": row}).status_code == 404
    assert officer.get(button("breakdown", campaign), {"row": other.pk}).status_code == 404


def test_a_count_for_a_chosen_moment_is_kept_and_listed(writing, campaign, people):
    day = timezone.now() + timedelta(days=3)

    answer = writing.post(button("breakdown", campaign), {"at": f"{day:%Y-%m-%d}T10:00"}, follow=True)

    assert f"Checked for {day.day} {day:%b %Y} 10:00 UTC, requested by author" in words_of(answer)
    assert "Would receive at that time" in words_of(answer)


def test_a_moment_in_the_past_is_refused_in_words(writing, campaign):
    answer = writing.post(button("breakdown", campaign), {"at": "2020-01-01T10:00"})

    assert "This time is in the past." in words_of(answer)
    assert not Breakdown.objects.exists()


def test_a_large_audience_is_counted_while_one_looks_again(writing, campaign, people, settings):
    settings.IMMEDIATE_COUNT_LIMIT = 1

    first = words_of(writing.get(button("breakdown", campaign)))
    asked = writing.post(button("breakdown", campaign), {"at": ""}, follow=True)
    breakdown.run_count(Breakdown.objects.get())
    done = words_of(writing.get(button("breakdown", campaign)))

    assert "This is a large audience." in first
    assert "Calculating: 0 addresses so far." in words_of(asked)
    assert "2 Will receive now" in done


def test_looking_keeps_nothing(writing, campaign, people):
    writing.get(button("breakdown", campaign))

    assert not Breakdown.objects.exists()


def test_the_table_has_every_address_masked_and_the_log_tells_who_took_it(officer, campaign, people):
    answer = officer.post(page("recipients_export", campaign.pk) + "?kind=skip")
    rows = list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode("utf-8-sig"))))

    assert rows[0] == ["address", "contact", "decision", "reason", "until", "jurisdictions"]
    assert [row[3] for row in rows[1:]] == ["opted out of this topic", "the address is undeliverable"]
    assert people[2].value not in str(rows)
    assert "Exported addresses" in LogEntry.objects.get().change_message


def test_a_table_is_not_taken_by_a_link(officer, campaign):
    assert officer.get(page("recipients_export", campaign.pk)).status_code == 405


def test_the_reviewer_sees_the_numbers_before_approving(approving, campaign, people, author):
    lifecycle.submit(campaign, by=author)

    said = words_of(approving.get(button("approve", campaign)))

    assert "2 · Will receive now" in said
    assert "Delivery estimate for " in said


def test_the_reviewer_of_a_large_audience_is_led_to_the_count(approving, campaign, people, author, settings):
    settings.IMMEDIATE_COUNT_LIMIT = 1
    lifecycle.submit(campaign, by=author)

    assert "there is no delivery estimate yet" in words_of(approving.get(button("approve", campaign)))


def test_hostile_names_are_inert(officer, campaign, topic):
    subscribe(factories.email_address(country="US", name="<script>alert(1)</script>"), topic)

    assert "<script>alert" not in officer.get(who(campaign)).content.decode()


def test_names_need_both_permissions(client, campaign, people):
    user = roles.colleague("support")
    client.force_login(user)
    before = client.get(who(campaign)).status_code
    for name in ("view_breakdown", "view_campaign"):
        user.user_permissions.add(Permission.objects.get(codename=name))

    assert before == 403
    assert client.get(who(campaign)).status_code == 200
