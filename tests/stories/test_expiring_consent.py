"""Permission runs out: a question in Canada, a purchase on a leap day, an old yes; kept, refused, or left alone."""

import email
import email.policy
from datetime import UTC, datetime, timedelta

import pytest

from campaigns.audience import service as audience
from campaigns.eligibility import repermission
from campaigns.models import Campaign
from campaigns.sending import sender
from campaigns.tasks import end_what_ran_out
from campaigns.workflow import lifecycle
from preferences import tasks
from preferences.contacts import service as contacts
from preferences.links import tokens
from preferences.models import Reply, Subscription
from tests import factories
from tests.conftest import subscribe
from tests.preferences.imports import contact_files
from tests.preferences.web.visitors import filled, open_link, path
from tests.stories.conftest import link_in, outcome, tells

HEADER = f"{contact_files.HEADER},consent_basis,basis_date,time_zone"


@pytest.fixture(autouse=True)
def _strict(settings):
    """The laws of most places let a yes grow old; it is our own value that asks again."""
    settings.RULE_PROFILE = "strict"


@pytest.fixture
def clock(time_machine):
    """A function: it is this moment (UTC), and everything that runs by the clock has run."""

    def clock(moment):
        time_machine.move_to(datetime.fromisoformat(moment).replace(tzinfo=UTC), tick=False)
        end_what_ran_out()

    return clock


@pytest.fixture
def maple(db):
    """A Canadian dentist's newsletter."""
    return factories.TopicFactory(sender__country="CA", sender__name="Maple Dental", name="Letters")


@pytest.fixture
def issue(staff, mail_server):
    """A function: the newsletter goes out; the campaign."""
    return lambda topic: sent(factories.CampaignFactory(topic=topic, author=staff[0]), staff)


def sent(draft, staff):
    author, approver = staff
    campaign = lifecycle.approve(lifecycle.submit(draft, by=author), by=approver)
    campaign = lifecycle.start(campaign, by=approver)
    audience.freeze(campaign)
    while sender.send_batch(campaign):
        continue
    lifecycle.finish_if_done(campaign.pk)
    return Campaign.objects.get(pk=campaign.pk)


def imported(topic, address, basis, day):
    said = {"country": "CA", "method": "", "time": "", "evidence": "Ticket 12"}
    more = {"basis": basis, "day": day, "time_zone": "America/Toronto"}
    contact_files.apply(contact_files.file(contact_files.line(address, topic, **said, **more), header=HEADER))
    return contacts.find("email", address)


@pytest.mark.parametrize(
    ("basis", "day", "taken", "last", "over"),
    [
        ("inquiry", "2026-03-16", "2026-03-17T15:00", "2026-09-15T15:00", "2026-09-16T15:00"),
        ("purchase", "2024-04-16", "2026-03-17T15:00", "2026-04-15T15:00", "2026-04-16T15:00"),
        ("purchase", "2024-02-29", "2026-01-20T15:00", "2026-02-27T15:00", "2026-02-28T15:00"),
        ("membership", "2024-12-31", "2026-03-17T15:00", "2026-12-30T15:00", "2026-12-31T15:00"),
    ],
)
def test_until_the_day_before_the_newsletter_comes_and_from_then_on_no_more(
    clock, maple, issue, basis, day, taken, last, over
):
    clock(taken)
    ana = imported(maple, "ana@example.org", basis, day)
    clock(last)
    first = issue(maple)
    clock(over)
    second = issue(maple)

    assert [outcome(first), outcome(second)] == ["sent", "expired"]
    assert tells(ana.contact, day, "Spring letter · Sent", "Expired · Letters", "the consent has expired") == []


def test_within_the_hour_before_the_event_is_written_the_verdict_knows_already(clock, maple, issue, time_machine):
    clock("2026-03-17T15:00")
    imported(maple, "ana@example.org", "inquiry", "2026-03-16")
    time_machine.move_to(datetime(2026, 9, 16, 15, tzinfo=UTC), tick=False)

    assert outcome(issue(maple)) == "implied_consent_over"


@pytest.fixture
def three(clock, topic):
    """Ana, Ben and Cleo agreed in spring 2024."""
    clock("2024-04-01T15:00")
    names = ("ana", "ben", "cleo")
    return [subscribe(factories.email_address(f"{name}@example.org", country="US", name=name), topic) for name in names]


def newest(mail_server, address):
    """The link to keep in the last campaign mail to this person."""
    mails = [mail.content for mail in mail_server.messages if mail.to == [address.value]]
    return link_in(email.message_from_bytes(mails[-1], policy=email.policy.default), "k")


def answers(client, mail_server, address, button):
    page = open_link(client, newest(mail_server, address))
    return client.post("/keep/", filled(page, answer=button), follow=True)


def test_asked_once_one_keeps_it_one_refuses_and_silence_ends_the_third(
    client, clock, colleague, three, topic, staff, issue, mail_server
):
    ana, ben, cleo = three
    clock("2026-03-16T16:00")
    writer = colleague("author")
    writer.presses("campaigns_expiry_ask", topic=topic.pk, channel="email")
    question = sent(Campaign.objects.get(), (writer.user, staff[1]))
    clock("2026-03-17T16:00")
    kept = answers(client, mail_server, ana, "keep")
    left = answers(client, mail_server, ben, "leave")
    tasks.deliver_replies()
    clock("2026-04-15T15:59")
    waiting = Subscription.objects.get(address=cleo).status
    clock("2026-04-15T16:01")
    last = issue(topic)

    assert question.messages.filter(status="sent").count() == 3
    assert "You stay subscribed to Health tips" in kept.content.decode()
    assert "Health tips has ended" in left.content.decode()
    assert waiting == "active"
    assert {row.address: row.skipped_because or row.status for row in last.messages.select_related("address")} == {
        ana: "sent",
        ben: "left",
        cleo: "expired",
    }
    assert ana.replies.filter(kind=Reply.Kind.SIGNED_UP, status="sent").exists()
    assert (
        tells(ana.contact, "Granted", "Consent renewal: Health tips · Sent", "Renewed · Health tips", "Spring letter")
        == []
    )
    assert tells(ben.contact, "Consent renewal: Health tips · Sent", "Withdrawn · Health tips") == []
    assert tells(cleo.contact, "Consent renewal: Health tips · Sent", "Expired · Health tips") == []


def test_two_years_later_who_kept_it_is_asked_again_and_nobody_else(
    client, clock, colleague, three, topic, staff, mail_server
):
    ana, *_others = three
    clock("2026-03-16T16:00")
    writer = colleague("author")
    writer.presses("campaigns_expiry_ask", topic=topic.pk, channel="email")
    sent(Campaign.objects.get(), (writer.user, staff[1]))
    answers(client, mail_server, ana, "keep")
    again = writer.presses("campaigns_expiry_ask", topic=topic.pk, channel="email")
    clock("2028-02-14T16:00")
    writer.presses("campaigns_expiry_ask", topic=topic.pk, channel="email")
    second = sent(Campaign.objects.latest("pk"), (writer.user, staff[1]))

    assert "There is nobody to ask" in again.content.decode()
    assert Campaign.objects.count() == 2
    assert [row.address for row in second.messages.filter(status="sent").select_related("address")] == [ana]


def test_a_mail_scanner_that_opens_the_link_keeps_nothing(client, clock, three, topic, staff, mail_server):
    clock("2026-03-16T16:00")
    sent(repermission.draft(topic, "email", by=staff[0]), staff)
    for method in ("head", "get", "get"):
        getattr(client, method)(path(newest(mail_server, three[0])), follow=True)
    clock("2026-04-15T16:01")

    assert set(Subscription.objects.values_list("status", flat=True)) == {"ended"}


def test_by_text_keep_keeps_it_and_the_link_in_an_old_mail_is_over(person, clock, topic, staff, time_machine):
    clock("2024-10-01T15:00")
    contacts.add_address("sms", person.number, country="US")
    subscribe(person.phone, topic)
    clock("2026-03-16T16:00")
    sent(repermission.draft(topic, "sms", by=staff[0]), staff)
    question = person.looks_at_her_phone()[-1]
    time_machine.shift(timedelta(minutes=5))
    person.texts("Keep")
    time_machine.shift(timedelta(minutes=1))
    answer = person.looks_at_her_phone()[-1]
    old = tokens.keep_url(person.phone, topic, 1)
    time_machine.shift(timedelta(days=36))

    assert "Reply KEEP to renew." in question
    assert "STOP" in answer
    assert person.phone.subscriptions.get().granted.source == "text"
    assert person.opens(old).status_code == 410
    assert (
        tells(person.contact, "Consent renewal: Health tips · Sent", "Renewed · Health tips", "Opt-in confirmed") == []
    )
