"""Less, later, nothing, and back again in a real browser, at 320 pixels, without script; each state checked by axe."""

from datetime import timedelta

import pytest

from preferences.consent import frequency
from preferences.contacts import service as contacts
from preferences.geo import local_time
from preferences.links import tokens
from preferences.models import FrequencyCap, Source, Subscription, Suppression
from tests import factories
from tests.browser import steps
from tests.conftest import subscribe

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def ana(clinic):
    """Somebody with an e-mail address and a phone, who gets a topic on both and has another on a break."""
    ana = factories.email_address("ana@example.org", time_zone="Europe/Berlin")
    phone = contacts.add_address("sms", "+12075550177", contact=ana.contact)
    results = factories.TopicFactory(sender=clinic.sender, name="Lab results", purpose="transactional")
    subscribe(ana, clinic, results)
    subscribe(phone, clinic)
    until = local_time.local_midnight(local_time.local_today(ana.contact) + timedelta(days=60), ana.contact)
    frequency.pause_messages(ana, results, until=until, source=Source.PREFERENCES)
    return ana


@pytest.fixture
def fits(page):
    """Does the page need no scrolling sideways at this width?"""
    return lambda: page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_less_and_later_by_keyboard(page, ana, clinic, axe, shoot, fits):
    page.goto(tokens.preferences_url(ana))
    shown = axe()
    shoot("preferences-in-full")
    page.locator("summary").first.focus()
    page.keyboard.press("Enter")
    opened = axe()
    page.locator(f"input[name=until-t{clinic.pk}]").fill("2020-01-01")
    steps.enter(page)
    wrong = axe()
    shoot("preferences-wrong")
    page.locator(f"input[name=until-t{clinic.pk}]").fill("")
    page.locator(f"select[name=pause-t{clinic.pk}]").select_option("30")
    page.locator("select[name=limit-all]").select_option("4")
    page.get_by_role("button", name="Save").focus()
    steps.enter(page)

    assert [shown, opened, wrong, axe()] == [[]] * 4
    assert fits()
    assert Subscription.objects.filter(status="paused").count() == 3
    assert FrequencyCap.objects.get().most_per_month == 4


def test_resuming_now_and_putting_it_back(page, ana, clinic, axe):
    page.goto(tokens.secure_url(ana))
    page.locator("summary").last.click()
    steps.press(page.get_by_role("button", name="Resume now: Lab results"))
    resumed = Subscription.objects.filter(status="active").count()
    page.get_by_role("checkbox", name="Health tips by text message to +12•••77").uncheck()
    steps.press(page.get_by_role("button", name="Save"))
    left = Subscription.objects.filter(status="active").count()
    offered = axe()
    steps.press(page.get_by_role("button", name="Undo"))

    assert (resumed, left, Subscription.objects.filter(status="active").count()) == (3, 2, 3)
    assert [offered, axe()] == [[], []]


def test_rather_a_break_than_leaving_and_back(page, ana, clinic, axe, shoot):
    page.goto(tokens.unsubscribe_url(ana, clinic))
    shoot("leave-or-break")
    asked = axe()
    steps.press(page.get_by_role("button", name="Pause for 30 days"))
    on_a_break = axe()
    paused = Subscription.objects.filter(topic=clinic, status="paused").count()
    steps.press(page.get_by_role("button", name="Undo"))

    assert [asked, on_a_break, axe()] == [[]] * 3
    assert (paused, Subscription.objects.filter(topic=clinic, status="active").count()) == (2, 2)


def test_never_again(page, ana, axe, shoot, fits):
    page.goto(tokens.preferences_url(ana))
    steps.press(page.get_by_role("link", name="Never contact me again"))
    warned = axe()
    shoot("for-good")
    steps.press(page.get_by_role("link", name="No, do not change anything"))
    steps.press(page.get_by_role("link", name="Never contact me again"))
    steps.press(page.get_by_role("button", name="Never contact me again"))
    done = axe()
    page.goto("/preferences/")
    shoot("preferences-never-again")

    assert [warned, done, axe()] == [[]] * 3
    assert fits()
    assert Suppression.objects.in_force().filter(reason="permanent").count() == 2
