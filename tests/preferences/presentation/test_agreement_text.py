"""When and how she agreed, in a sentence."""

import pytest

from preferences.consent import service as consent
from preferences.models import Method, Source
from preferences.presentation import agreement_text
from tests import factories

MARCH = "2026-03-12 10:00"


@pytest.fixture
def address(db, time_machine):
    time_machine.move_to(MARCH, tick=False)
    return factories.email_address(time_zone="Europe/Paris")


@pytest.mark.parametrize(
    ("source", "method", "how"),
    [
        (Source.SIGN_UP, Method.CHECKBOX, "12 March 2026, by ticking a box on the sign-up page."),
        (
            Source.CONFIRM,
            Method.DOUBLE_OPT_IN,
            "12 March 2026, by ticking a box on the sign-up page and confirming it.",
        ),
        (Source.PREFERENCES, Method.CHECKBOX, "12 March 2026, by ticking a box on this page."),
        (Source.SMS, Method.KEYWORD, "12 March 2026, by text message."),
        (Source.IMPORT, Method.WRITTEN, "12 March 2026, in writing."),
        (Source.IMPORT, Method.CHECKBOX, "12 March 2026."),
    ],
)
def test_each_way_of_saying_yes_has_its_sentence(address, topic, source, method, how):
    event = consent.grant(address, topic, source=source, method=method).event

    assert agreement_text.agreement_sentence(event, address.contact) == f"You agreed on {how}"


def test_what_a_colleague_wrote_down_says_so(address, topic, author):
    event = consent.grant(address, topic, source=Source.STAFF, method=Method.VERBAL, by=author).event

    told = agreement_text.agreement_sentence(event, address.contact)

    assert told == "You agreed on 12 March 2026, verbally, to a member of our staff."
