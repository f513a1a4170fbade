"""Every public page in every state, as data: what is opened one after another, then which button is pressed.

A new page is one line. `{name}` is a link of the house below.
"""

from dataclasses import dataclass
from datetime import timedelta

import time_machine
from django.utils import timezone

from preferences import consent, consent_forms, links, moves, spoken
from preferences.evidence import Proof
from preferences.models import Notice, Reply, Source
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
    State("join", ("/join/{form}/",)),
    State("join-errors", ("/join/{form}/",), "Sign up"),
    State("join-sent", ("/join/{form}/sent/",)),
    State("join-from-your-site", ("/join/{form}/from-your-site/",)),
    State("join-closed", ("/join/{closed}/",)),
    State("confirm", ("{confirm}",)),
    State("confirm-yes", ("{confirm}",), "Yes, sign me up"),
    State("confirm-no", ("{confirm}",), "No, I did not ask for this"),
    State("confirm-after-never-again", ("{confirm_anyway}",)),
    State("confirm-after-never-again-errors", ("{confirm_anyway}",), "Yes, sign me up"),
    State("cancel", ("{cancel}",)),
    State("cancelled", ("/cancel/done/",)),
    State("preferences", ("{manage}",)),
    State("preferences-fresh", ("{fresh}",)),
    State("preferences-never-said-anything", ("{empty}",)),
    State("preferences-saved", ("{manage}",), "Save"),
    State("for-good", ("{manage}", "/preferences/for-good/")),
    State("history", ("{fresh}", "/preferences/history/")),
    State("history-not-fresh", ("{manage}", "/preferences/history/")),
    State("details", ("{fresh}", "/preferences/details/")),
    State("change-address", ("{fresh}", "/preferences/change-address/")),
    State("change-address-errors", ("{fresh}", "/preferences/change-address/"), "Ask there"),
    State("change-address-sent", ("{fresh}", "/preferences/change-address/sent/")),
    State("move", ("{fresh}", "{move}")),
    State("move-refused", ("{fresh}", "{move}"), "No, leave everything as it is"),
    State("move-both-ends", ("{move}",)),
    State("written-down", ("{written_down}",)),
    State("written-down-yes", ("{written_down}",), "Yes, I said that"),
    State("written-down-no", ("{written_down}",), "No, I did not say that"),
    State("my-data", ("{fresh}", "/my-data/")),
    State("my-data-not-fresh", ("{manage}", "/my-data/")),
    State("my-requests", ("{fresh}", "/my-data/requests/")),
    State("my-requests-errors", ("{fresh}", "/my-data/requests/"), "Ask for deletion"),
    State("my-requests-done", ("{fresh}", "/my-data/requests/"), "Restrict"),
    State("my-link", ("/my-link/",)),
    State("my-link-errors", ("/my-link/",), "Send"),
    State("my-link-sent", ("/my-link/sent/",)),
    State("leave", ("{leave}",)),
    State("left", ("{leave}",), "Leave"),
    State("one-click", ("{one_click}",)),
    State("undo", ("{undo}",)),
    State("undone", ("{undo}",), "Put it back"),
    State("undo-kept", ("{undo}",), "Keep it"),
    State("receipt", ("{receipt}",)),
    State("receipt-check", ("/receipt/check/",)),
    State("receipt-check-errors", ("/receipt/check/",), "Check"),
    State("privacy", ("/privacy/",)),
    State("privacy-notice", ("/privacy/{sender}/",)),
    State("transparency", ("/transparency/",)),
    State("bad-link", ("/m/nothing/",)),
    State("expired-link", ("{expired}",)),
    State("no-cookie", ("/preferences/",)),
    State("not-found", ("/nothing-here/",)),
]


def house(topic):
    """Ana got two topics and left one; Ben was asked and has not answered; what Cleo said on paper is written down."""
    other = topic.sender.topics.exclude(pk=topic.pk).get()
    ana = subscribe(factories.email_address("ana@example.org", name="Ana"), topic, other)
    consent.withdraw(ana, other, source=Source.PREFERENCES)
    return {
        "sender": topic.sender.slug,
        **_links_of(ana, topic),
        **_links_of_the_asked(factories.email_address("ben@example.org"), topic),
        "written_down": links.confirm_url(_written_down(factories.email_address("cleo@example.org"), topic)),
        "confirm_anyway": links.confirm_url(
            _asked_after_never_again(factories.email_address("eva@example.org"), topic)
        ),
        "empty": links.manage_url(factories.email_address("dan@example.org")),
        **_forms(topic),
    }


def _links_of(address, topic):
    act = address.events.latest("pk").act
    return {
        "manage": links.manage_url(address),
        "fresh": links.fresh_url(address),
        "leave": links.leave_url(address, topic),
        "one_click": links.one_click_url(address, topic),
        "undo": links.undo_url(address, act),
        "receipt": links.receipt_url(address, act),
        "move": links.confirm_url(moves.ask(address, "email", "ana@new.example.org")),
        "expired": _made_two_days_ago(address),
    }


def _made_two_days_ago(address):
    with time_machine.travel(timezone.now() - timedelta(days=2)):
        return links.fresh_url(address)


def _links_of_the_asked(address, topic):
    notice = Notice.objects.current(topic, "en")
    question = consent.ask(address, [notice], source=Source.SIGN_UP)
    return {"confirm": links.confirm_url(question), "cancel": links.cancel_url(question)}


def _asked_after_never_again(address, topic):
    consent.withdraw_for_good(address, sender=topic.sender, source=Source.PREFERENCES)
    return consent.ask(address, [Notice.objects.current(topic, "en")], source=Source.SIGN_UP)


def _written_down(address, topic):
    form = _published(topic, "front-desk", kind="paper")
    proof, by = Proof(words="Signed at the front desk."), factories.UserFactory()
    spoken.write_down(address, [topic], form=form, said_at=timezone.now(), proof=proof, by=by)
    return address.replies.get(kind=Reply.Kind.WRITTEN_DOWN)


def _forms(topic):
    closed = _published(topic, "closed").form
    consent_forms.retire(closed)
    return {"form": _published(topic, "welcome").form.slug, "closed": closed.slug}


def _published(topic, slug, **more):
    form = factories.ConsentFormFactory(sender=topic.sender, topics=[topic], slug=slug, **more)
    words = {"title": "Stay well", "intro": "Short tips.\n\nNo more.", "thank_you": "Thank you for asking."}
    return consent_forms.publish(form, language="en", **words)
