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
from preferences.models import (
    Address,
    CancelReason,
    Channel,
    InboundMessage,
    InboundOutcome,
    Method,
    ServiceMessage,
    Source,
)
from preferences.outbox import send_fence
from preferences.outbox import service as outbox

ReviewDecision = InboundMessage.Decision
STILL_AN_ANSWER = timedelta(
    minutes=5
)  # 47 CFR 64.1200(a)(12): the one confirmation of a text comes so soon or not at all


@transaction.atomic
def decide(inbound: InboundMessage, decision: str, *, by: User) -> InboundMessage:
    """What they meant. Harmless twice; raises NotAllowed for another decision than the one that stands."""
    if decision not in ReviewDecision.values:
        raise NotAllowed(_("Choose one of the three outcomes."))
    if inbound.address:
        send_fence.lock_address(inbound.address)
    row = InboundMessage.objects.select_for_update(of=["self"]).select_related("address", "sender").get(pk=inbound.pk)
    if row.decision == decision:
        return row
    if row.decided_at:
        raise NotAllowed(_("This was already decided: %(decision)s.") % {"decision": row.get_decision_display()})
    if row.due_at is None:
        raise NotAllowed(_("No decision is needed here: the message was clear."))
    return DECISION_ACTIONS[decision](row, by)


def _apply_opt_out(row: InboundMessage, by: User) -> InboundMessage:
    address = _locked_address(row)
    _opt_out_of_all(row, address, by)
    return _record_decision(row, address, ReviewDecision.OPT_OUT, InboundOutcome.READ_AS_OPT_OUT, by)


def _apply_wrong_person(row: InboundMessage, by: User) -> InboundMessage:
    address = _locked_address(row)
    sms_actions.mark_wrong_person(address, source=_channel_source(row), proof=Proof(words=row.raw_text), by=by)
    _opt_out_of_all(row, address, by)
    outcome = InboundOutcome.READ_AS_WRONG_PERSON
    return _record_decision(row, address, ReviewDecision.WRONG_PERSON, outcome, by)


def _apply_no_change(row: InboundMessage, by: User) -> InboundMessage:
    decided = review_queue.record_decision(row, ReviewDecision.NOTHING, by=by, outcome=InboundOutcome.READ_NO_CHANGE)
    if row.address:
        review_queue.release_marketing_hold(row.address, by=by)
    return decided


def _locked_address(row: InboundMessage) -> Address:
    if row.address:
        return row.address
    raise NotAllowed(
        _("We do not know who sent this, so there is nobody to opt out. Search for the person in Contacts.")
    )


def _channel_source(row: InboundMessage) -> Source:
    return Source.EMAIL if row.channel == Channel.EMAIL else Source.SMS


def _opt_out_of_all(row: InboundMessage, address: Address, by: User) -> None:
    """The person said it, in their own words; a colleague understood them."""
    sms_actions.opt_out_of_all(
        address,
        row.sender or outbox.latest_sender(address),
        source=_channel_source(row),
        method=Method.OWN_WORDS,
        proof=Proof(words=row.raw_text),
        interaction_id=uuid5(NAMESPACE_URL, f"decision:{row.pk}"),
        by=by,
    )
    if address.channel == Channel.SMS and row.received_at < timezone.now() - STILL_AN_ANSWER:
        outbox.cancel_queued(address, ServiceMessage.Kind.UNSUBSCRIBED, reason=CancelReason.TOO_LATE_FOR_SMS)


def _record_decision(row: InboundMessage, address: Address, decision: str, outcome: str, by: User) -> InboundMessage:
    review_queue.resolve_all(address, decision, because=outcome, by=by, all_but=row.pk)
    return review_queue.record_decision(row, decision, by=by, outcome=outcome)


DECISION_ACTIONS: dict[str, Callable[[InboundMessage, User], InboundMessage]] = {
    ReviewDecision.OPT_OUT: _apply_opt_out,
    ReviewDecision.WRONG_PERSON: _apply_wrong_person,
    ReviewDecision.NOTHING: _apply_no_change,
}
