"""A recipient's journey in a real browser, at 320 pixels, without script; every page is checked by axe."""

import email
import email.policy
import re

import pytest

from campaigns.audience import service as audience
from campaigns.sending import sender
from campaigns.workflow import lifecycle
from preferences import tasks
from preferences.models import Subscription
from tests import factories
from tests.browser import steps

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Mailbox:
    """What arrived over SMTP, and the links in it."""

    def __init__(self, sink):
        self.sink = sink

    def link(self, path):
        tasks.deliver_service_messages()
        mail = email.message_from_bytes(self.sink.messages[-1].content, policy=email.policy.default)
        return re.search(rf"http://\S+/{path}/\S+", mail.get_body(("plain",)).get_content())[0]


@pytest.fixture
def mailbox(mail_server):
    return Mailbox(mail_server)


@pytest.fixture
def signed_up(page, clinic, mailbox):
    sign_up(page, clinic)
    page.goto(mailbox.link("c"))
    steps.press(page.get_by_role("button", name="Yes, sign me up"))


def sign_up(page, clinic):
    page.goto(f"/sign-up/{clinic.sender.slug}/")
    page.locator(f"input[name=topic-{clinic.pk}-email]").check()
    page.get_by_label("Email address").fill("ana@example.org")
    page.wait_for_timeout(2100)
    steps.press(page.get_by_role("button", name="Sign up"))


def campaign_to(clinic):
    author, approver = factories.UserFactory(), factories.UserFactory()
    campaign = factories.CampaignFactory(topic=clinic, author=author)
    campaign = lifecycle.approve(lifecycle.submit(campaign, by=author), by=approver)
    campaign = lifecycle.start(campaign, by=approver)
    audience.freeze(campaign)
    sender.send_batch(campaign)
    return campaign


def test_signing_up_and_confirming(page, clinic, mailbox, axe, shoot):
    page.goto("/")
    front = axe()
    page.goto(f"/sign-up/{clinic.sender.slug}/")
    empty = axe()
    shoot("sign-up")
    page.wait_for_timeout(2100)
    steps.press(page.get_by_role("button", name="Sign up"))
    errors = axe()
    shoot("sign-up-errors")
    sign_up(page, clinic)
    inbox = axe()
    shoot("check-inbox")
    page.goto(mailbox.link("c"))
    question = axe()
    shoot("confirm")
    before = Subscription.objects.get().status
    steps.press(page.get_by_role("button", name="Yes, sign me up"))
    shoot("confirmed")

    assert [front, empty, errors, inbox, question, axe()] == [[]] * 6
    assert (before, Subscription.objects.get().status) == ("pending", "active")


def test_choosing_on_the_preferences_page(page, signed_up, mailbox, axe, shoot):
    page.goto(mailbox.link("p"))
    shown = axe()
    shoot("preferences")
    page.get_by_role("checkbox").first.uncheck()
    steps.press(page.get_by_role("button", name="Save"))
    shoot("preferences-saved")

    assert page.get_by_role("status").is_visible()
    assert Subscription.objects.get().status == "ended"
    assert [shown, axe()] == [[], []]
    assert page.url.endswith("/preferences/")


def test_turning_everything_off(page, signed_up, mailbox, axe, shoot):
    page.goto(mailbox.link("p"))
    steps.press(page.get_by_role("button", name="Unsubscribe from all"))
    shoot("everything-off")

    assert Subscription.objects.get().status == "ended"
    assert axe() == []


def test_leaving_from_a_message_and_saying_why(page, signed_up, clinic, mailbox, axe, shoot):
    tasks.deliver_service_messages()
    campaign_to(clinic)
    page.goto(mailbox.link("u"))
    asked = axe()
    shoot("leave")
    steps.press(page.get_by_role("button", name=f"Unsubscribe from {clinic.name}"))
    shoot("left")
    done = axe()
    page.get_by_label("Anything else you want to say").fill("Thank you, I am well.")
    steps.press(page.get_by_role("button", name="Send", exact=True))
    shoot("reason-given")

    assert Subscription.objects.get().status == "ended"
    assert [asked, done, axe()] == [[], [], []]


def test_opening_a_link_changes_nothing_and_needs_no_cookie_to_look_friendly(page, signed_up, mailbox, axe, shoot):
    link = mailbox.link("u")
    page.goto(link[:-3] + "xyz")
    shoot("bad-link")

    assert axe() == []
    assert Subscription.objects.get().status == "active"


@pytest.mark.parametrize(
    "path", ["/secure-link/", "/secure-link/sent/", "/nothing-here/", "/preferences/", "/unsubscribe/"]
)
def test_every_other_page_is_accessible_too(page, clinic, path, axe, shoot):
    page.goto(path)
    shoot("other" + path.replace("/", "-"))

    assert axe() == []


def test_the_whole_way_by_keyboard_alone(page, clinic, mailbox):
    page.goto(f"/sign-up/{clinic.sender.slug}/")
    page.locator(f"input[name=topic-{clinic.pk}-email]").focus()
    page.keyboard.press("Space")
    page.get_by_label("Email address").focus()
    page.keyboard.type("ana@example.org")
    page.wait_for_timeout(2100)
    steps.enter(page)
    page.goto(mailbox.link("c"))
    page.get_by_role("button", name="Yes, sign me up").focus()
    steps.enter(page)

    assert Subscription.objects.get().status == "active"


@pytest.mark.parametrize("path", ["/", "/secure-link/"])
def test_nothing_is_wider_than_a_small_phone(page, clinic, path):
    page.goto(path)

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
