"""Every public page in every state, as data: what is opened one after another, then which button is pressed.

A new page is one line. `{name}` is a link of the house below.
"""

from dataclasses import dataclass
from datetime import timedelta

import time_machine
from django.utils import timezone

from preferences.collection import consent_forms, offline_consent
from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.contacts import address_change
from preferences.links import tokens
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
    State("change-address-errors", ("{fresh}", "/preferences/change-address/"), "Send confirmation link"),
    State("change-address-sent", ("{fresh}", "/preferences/change-address/sent/")),
    State("move", ("{fresh}", "{move}")),
    State("move-refused", ("{fresh}", "{move}"), "No, do not change anything"),
    State("move-both-ends", ("{move}",)),
    State("written-down", ("{written_down}",)),
    State("written-down-yes", ("{written_down}",), "Yes, I agreed to this"),
    State("written-down-no", ("{written_down}",), "No, I did not agree to this"),
    State("my-data", ("{fresh}", "/my-data/")),
    State("my-data-not-fresh", ("{manage}", "/my-data/")),
    State("my-requests", ("{fresh}", "/my-data/requests/")),
    State("my-requests-errors", ("{fresh}", "/my-data/requests/"), "Request deletion"),
    State("my-requests-done", ("{fresh}", "/my-data/requests/"), "Restrict"),
    State("my-link", ("/my-link/",)),
    State("my-link-errors", ("/my-link/",), "Send"),
    State("my-link-sent", ("/my-link/sent/",)),
    State("leave", ("{leave}",)),
    State("left", ("{leave}",), "Unsubscribe from Health tips"),
    State("one-click", ("{one_click}",)),
    State("keep", ("{keep}",)),
    State("kept", ("{keep}",), "Yes, stay subscribed"),
    State("keep-ended", ("{keep}",), "No, unsubscribe"),
    State("undo", ("{undo}",)),
    State("undone", ("{undo}",), "Undo this change"),
    State("undo-kept", ("{undo}",), "Keep the change"),
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


class House(dict):
    """Links by name, each made when a page asks for it. Ana lives here: she got two topics and left one."""

    def __init__(self, topic):
        self.topic, self.other = topic, topic.sender.topics.exclude(pk=topic.pk).get()
        self.ana = subscribe(factories.email_address("ana@example.org", name="Ana"), topic, self.other)
        consent.withdraw(self.ana, self.other, source=Source.PREFERENCES)
        self.act = self.ana.events.latest("pk").act

    def __missing__(self, name):
        self[name] = LINKS[name](self)
        return self[name]


LINKS = {
    "sender": lambda house: house.topic.sender.slug,
    "manage": lambda house: tokens.manage_url(house.ana),
    "fresh": lambda house: tokens.fresh_url(house.ana),
    "expired": lambda house: _made_two_days_ago(house.ana),
    "leave": lambda house: tokens.leave_url(house.ana, house.topic),
    "one_click": lambda house: tokens.one_click_url(house.ana, house.topic),
    "undo": lambda house: tokens.undo_url(house.ana, house.act),
    "receipt": lambda house: tokens.receipt_url(house.ana, house.act),
    "keep": lambda house: tokens.keep_url(house.ana, house.topic, 1),
    "move": lambda house: tokens.confirm_url(address_change.ask(house.ana, "email", "ana@new.example.org")),
    "confirm": lambda house: tokens.confirm_url(_asked(house.topic)),
    "cancel": lambda house: tokens.cancel_url(_asked(house.topic)),
    "confirm_anyway": lambda house: tokens.confirm_url(_asked_after_never_again(house.topic)),
    "written_down": lambda house: tokens.confirm_url(_written_down(house.topic)),
    "empty": lambda house: tokens.manage_url(factories.email_address("dan@example.org")),
    "form": lambda house: _published(house.topic, "welcome").form.slug,
    "closed": lambda house: _closed(house.topic),
}


def _made_two_days_ago(address):
    with time_machine.travel(timezone.now() - timedelta(days=2)):
        return tokens.fresh_url(address)


def _asked(topic):
    """Ben signed up, and has not answered."""
    ben = factories.email_address("ben@example.org")
    return consent.ask(ben, [Notice.objects.current(topic, "en")], source=Source.SIGN_UP)


def _asked_after_never_again(topic):
    eva = factories.email_address("eva@example.org")
    consent.withdraw_for_good(eva, sender=topic.sender, source=Source.PREFERENCES)
    return consent.ask(eva, [Notice.objects.current(topic, "en")], source=Source.SIGN_UP)


def _written_down(topic):
    """What Cleo said on paper."""
    cleo, form = factories.email_address("cleo@example.org"), _published(topic, "front-desk", kind="paper")
    proof, by = Proof(words="Signed at the front desk."), factories.UserFactory()
    offline_consent.write_down(cleo, [topic], form=form, said_at=timezone.now(), proof=proof, by=by)
    return cleo.replies.get(kind=Reply.Kind.WRITTEN_DOWN)


def _closed(topic):
    form = _published(topic, "closed").form
    consent_forms.retire(form)
    return form.slug


def _published(topic, slug, **more):
    form = factories.ConsentFormFactory(sender=topic.sender, topics=[topic], slug=slug, **more)
    words = {"title": "Stay well", "intro": "Short tips.\n\nNo more.", "thank_you": "Thank you for asking."}
    return consent_forms.publish(form, language="en", **words)
