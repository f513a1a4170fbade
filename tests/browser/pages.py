"""Every public page in every state, as data: what is opened one after another, then which button is pressed.

A new page is one line. `{name}` is a link of the house below.
"""

from dataclasses import dataclass

from preferences import consent, links
from preferences.models import Notice, Source
from tests import factories
from tests.conftest import subscribe


@dataclass(frozen=True)
class State:
    """A page in one state: empty, with errors, done, expired."""

    name: str
    opened: tuple[str, ...]
    pressed: str = ""


STATES = [
    State("front", ("/",)),
    State("sign-up", ("/sign-up/{sender}/",)),
    State("sign-up-errors", ("/sign-up/{sender}/",), "Sign up"),
    State("check-inbox", ("/sign-up/{sender}/sent/",)),
    State("confirm", ("{confirm}",)),
    State("confirm-yes", ("{confirm}",), "Yes, sign me up"),
    State("confirm-no", ("{confirm}",), "No, I did not ask for this"),
    State("cancel", ("{cancel}",)),
    State("cancelled", ("/cancel/done/",)),
    State("preferences", ("{manage}",)),
    State("preferences-fresh", ("{fresh}",)),
    State("preferences-saved", ("{manage}",), "Save"),
    State("for-good", ("{manage}", "/preferences/for-good/")),
    State("history", ("{fresh}", "/preferences/history/")),
    State("history-not-fresh", ("{manage}", "/preferences/history/")),
    State("details", ("{fresh}", "/preferences/details/")),
    State("change-address", ("{fresh}", "/preferences/change-address/")),
    State("change-address-errors", ("{fresh}", "/preferences/change-address/"), "Ask there"),
    State("change-address-sent", ("{fresh}", "/preferences/change-address/sent/")),
    State("my-data", ("{fresh}", "/my-data/")),
    State("my-requests", ("{fresh}", "/my-data/requests/")),
    State("my-link", ("/my-link/",)),
    State("my-link-errors", ("/my-link/",), "Send"),
    State("my-link-sent", ("/my-link/sent/",)),
    State("leave", ("{leave}",)),
    State("left", ("{leave}",), "Leave"),
    State("one-click", ("{one_click}",)),
    State("undo", ("{undo}",)),
    State("receipt", ("{receipt}",)),
    State("receipt-check", ("/receipt/check/",)),
    State("receipt-check-errors", ("/receipt/check/",), "Check"),
    State("privacy", ("/privacy/",)),
    State("privacy-notice", ("/privacy/{sender}/",)),
    State("transparency", ("/transparency/",)),
    State("bad-link", ("/m/nothing/",)),
    State("no-cookie", ("/preferences/",)),
    State("not-found", ("/nothing-here/",)),
]


def house(topic):
    """Ana gets two topics by mail and one by text; Ben has been asked and has not answered."""
    other = topic.sender.topics.exclude(pk=topic.pk).get()
    ana = subscribe(factories.email_address("ana@example.org", name="Ana"), topic, other)
    ben = factories.email_address("ben@example.org")
    consent.withdraw(ana, other, source=Source.PREFERENCES)
    return {"sender": topic.sender.slug, **_links_of(ana, topic), **_links_of_the_asked(ben, topic)}


def _links_of(address, topic):
    act = address.events.latest("pk").act
    return {
        "manage": links.manage_url(address),
        "fresh": links.fresh_url(address),
        "leave": links.leave_url(address, topic),
        "one_click": links.one_click_url(address, topic),
        "undo": links.undo_url(address, act),
        "receipt": links.receipt_url(address, act),
    }


def _links_of_the_asked(address, topic):
    notice = Notice.objects.current(topic, "en")
    question = consent.ask(address, [notice], source=Source.SIGN_UP)
    return {"confirm": links.confirm_url(question), "cancel": links.cancel_url(question)}
