"""Somebody read a doubtful message and decides what the person wants. Called as inbound.decide."""

from collections.abc import Callable
from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preferences.consent.evidence import Proof
from preferences.errors import NotAllowed
from preferences.inbound import review_queue, sms_actions
from preferences.models import Address, Channel, Inbound, Method, Reply, Source
from preferences.outbox import send_fence
from preferences.outbox import service as outbox

Decision = Inbound.Decision
STILL_AN_ANSWER = timedelta(
    minutes=5
)  # 47 CFR 64.1200(a)(12): the one confirmation of a text comes so soon or not at all


@transaction.atomic
def decide(inbound: Inbound, decision: str, *, by: User) -> Inbound:
    """What they meant. Harmless twice; raises NotAllowed for another decision than the one that stands."""
    if decision not in Decision.values:
        raise NotAllowed(_("Choose one of the three outcomes."))
    if inbound.address:
        send_fence.hold(inbound.address)
    row = Inbound.objects.select_for_update(of=["self"]).select_related("address", "sender").get(pk=inbound.pk)
    if row.decision == decision:
        return row
    if row.decided_at:
        raise NotAllowed(_("This was already decided: %(decision)s.") % {"decision": row.get_decision_display()})
    if row.due_at is None:
        raise NotAllowed(_("No decision is needed here: the message was clear."))
    return DECIDE[decision](row, by)


def _stop(row: Inbound, by: User) -> Inbound:
    address = _theirs(row)
    _turn_off(row, address, by)
    return _settled(row, address, Decision.OPT_OUT, "Everything is off: a colleague read it as a stop.", by)


def _not_them(row: Inbound, by: User) -> Inbound:
    address = _theirs(row)
    sms_actions.not_theirs(address, source=_source(row), proof=Proof(words=row.raw_text), by=by)
    _turn_off(row, address, by)
    outcome = "Everything is off: a colleague read that they are somebody else."
    return _settled(row, address, Decision.WRONG_PERSON, outcome, by)


def _go_on(row: Inbound, by: User) -> Inbound:
    decided = review_queue.decided(row, Decision.NOTHING, by=by, outcome="Nothing was changed: a colleague read it.")
    if row.address:
        review_queue.release(row.address, by=by)
    return decided


def _theirs(row: Inbound) -> Address:
    if row.address:
        return row.address
    raise NotAllowed(
        _("We do not know who sent this, so there is nobody to opt out. Search for the person in Contacts.")
    )


def _source(row: Inbound) -> Source:
    return Source.MAIL if row.channel == Channel.EMAIL else Source.TEXT


def _turn_off(row: Inbound, address: Address, by: User) -> None:
    """The person said it, in their own words; a colleague understood them."""
    sms_actions.stop_everything(
        address,
        row.sender or outbox.sender_of(address),
        source=_source(row),
        method=Method.OWN_WORDS,
        proof=Proof(words=row.raw_text),
        act=uuid5(NAMESPACE_URL, f"decision:{row.pk}"),
        by=by,
    )
    if address.channel == Channel.SMS and row.received_at < timezone.now() - STILL_AN_ANSWER:
        outbox.drop(address, Reply.Kind.OPTED_OUT, reason="Too late to be an answer to their text.")


def _settled(row: Inbound, address: Address, decision: str, outcome: str, by: User) -> Inbound:
    review_queue.settle(address, decision, because=outcome, by=by, all_but=row.pk)
    return review_queue.decided(row, decision, by=by, outcome=outcome)


DECIDE: dict[str, Callable[[Inbound, User], Inbound]] = {
    Decision.OPT_OUT: _stop,
    Decision.WRONG_PERSON: _not_them,
    Decision.NOTHING: _go_on,
}
