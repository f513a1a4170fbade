"""From a form pasted on another website to a yes, and to a sign-up taken back, in a real browser without script."""

import pytest

from preferences.collection import consent_forms
from preferences.links import tokens
from preferences.models import Address, ServiceMessage
from preferences.web.forms.subscribe import embed_code
from tests import factories
from tests.browser import steps

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def version(clinic):
    page = factories.ConsentFormFactory(sender=clinic.sender, topics=[clinic], slug="welcome")
    words = {"title": "Stay well", "intro": "Short tips.\n\nNo more.", "thank_you": "Thank you for asking."}
    return consent_forms.publish(page, language="en", **words)


@pytest.fixture
def signed_up(page, version):
    """Somebody filled in the form on another website, and pressed once more on ours."""
    page.set_content(
        f"<!doctype html><html lang=en><title>Elsewhere</title><main>{embed_code.embed_html(version)}</main>"
    )
    page.get_by_role("checkbox").first.check()
    page.get_by_label("Email address").fill("ana@example.org")
    steps.press(page.get_by_role("button", name="Continue"))
    page.wait_for_url("**/embedded/**")


def test_a_form_on_another_website_leads_to_a_confirmation(page, signed_up, axe, shoot):
    shown = axe()
    shoot("join-from-your-site")
    before = Address.objects.exists()
    steps.press(page.get_by_role("button", name="Sign up"))
    page.wait_for_url("**/sent/**")
    shoot("join-sent")

    assert page.get_by_text("Thank you for asking.").is_visible()
    assert [shown, axe()] == [[], []]
    assert (before, ServiceMessage.objects.filter(kind=ServiceMessage.Kind.CONFIRM).count()) == (False, 1)


def test_a_sign_up_is_taken_back_by_one_press(page, signed_up, axe, shoot):
    steps.press(page.get_by_role("button", name="Sign up"))
    page.wait_for_url("**/sent/**")
    page.goto(tokens.cancel_url(ServiceMessage.objects.get(kind=ServiceMessage.Kind.CONFIRM)))
    asked = axe()
    shoot("cancel")
    steps.press(page.get_by_role("button", name="Delete my address"))
    page.wait_for_url("**/cancel/done/**")
    shoot("cancelled")

    assert Address.objects.get().value == ""
    assert [asked, axe()] == [[], []]


def test_the_page_fits_a_small_phone_empty_and_with_errors(page, version, axe, shoot):
    page.goto("/forms/welcome/")
    empty = axe()
    shoot("join")
    steps.press(page.get_by_role("button", name="Sign up"))
    shoot("join-errors")

    assert [empty, axe()] == [[], []]
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
