"""The staff inbox in a real browser: what may be a "no" is read and decided with one press."""

import pytest

from preferences.consent import eligibility
from preferences.models import InboundMessage
from tests import factories, roles
from tests.browser import steps
from tests.conftest import subscribe
from tests.preferences.inbound import phone

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSWORD = "a long password for the test"


@pytest.fixture
def support(page, clinic):
    user = roles.colleague("support", username="support")
    user.set_password(PASSWORD)
    user.save()
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto("/admin/login/")
    page.get_by_label("Username").fill("support")
    page.get_by_label("Password").fill(PASSWORD)
    steps.press(page.get_by_role("button", name="Log in"))
    return page


def test_a_doubtful_text_is_decided_with_one_press(support, shoot, clinic):
    reader = subscribe(factories.phone_address(phone.NUMBER, name="Ana"), clinic)
    say = phone.to(clinic.sender)
    doubtful, second = say("Can I cancel my appointment on Monday?"), say("no thanks")
    InboundMessage.objects.filter(pk=second.pk).update(due_at=second.received_at)

    support.goto("/admin/preferences/inboundmessage/?read=waiting")
    shoot("staff-inbox")
    row = support.get_by_role("row").filter(has_text="cancel my appointment")
    steps.press(row.get_by_role("button", name="Opt out"))

    support.get_by_text("Opt-out recorded. They get no more messages.").wait_for()
    assert eligibility.first_objection(reader, clinic) == "stopped"
    assert InboundMessage.objects.get(pk=doubtful.pk).decided_by.username == "support"
    support.goto(f"/admin/preferences/inboundmessage/{doubtful.pk}/change/")
    shoot("staff-inbox-decided")
