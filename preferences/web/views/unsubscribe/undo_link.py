"""Putting a change back, from the message that told of it: opening the page shows what changed, a button decides."""

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from preferences import tasks
from preferences.consent import service as consent
from preferences.consent import undo as undoing
from preferences.errors import NotAllowed
from preferences.links.tokens import LinkPurpose
from preferences.models import Address, ConsentEvent, Sender, Source
from preferences.outbox import send_fence
from preferences.outbox import service as outbox
from preferences.presentation import change_text
from preferences.web import link_holder, request_evidence
from preferences.web.forms.unsubscribe.undo import UndoForm
from preferences.web.views.bad_links import handle_bad_links


@require_http_methods(["GET", "HEAD", "POST"])
@handle_bad_links
def undo(request: HttpRequest) -> HttpResponse:
    visitor = link_holder.current_holder(request, LinkPurpose.UNDO)
    address, interaction_id = visitor.address, visitor.interaction_id
    for_good = consent.has_permanent_opt_out(address)
    standing = [] if for_good else undoing.undoable_events(address, interaction_id)
    form = UndoForm(request.POST or None, visitor=visitor, interaction_id=interaction_id)
    if standing and form.is_valid():
        return _decide(request, form)
    page = {"form": form, "visitor": visitor, "for_good": for_good, "sender": _sender(address, interaction_id)}
    page |= (
        _change_lines(standing, address)
        if standing
        else {"was_put_back": not for_good and _was_put_back(address, interaction_id)}
    )
    return render(request, "preferences/unsubscribe/undo.html", page, status=422 if standing and form.errors else 200)


@require_safe
@handle_bad_links
def undo_declined(request: HttpRequest) -> HttpResponse:
    """It stays as it is; the link in the message goes on working."""
    visitor = link_holder.current_holder(request, LinkPurpose.UNDO)
    page = {"visitor": visitor, "sender": _sender(visitor.address, visitor.interaction_id)}
    return render(request, "preferences/unsubscribe/undo_declined.html", page)


def _decide(request: HttpRequest, form: UndoForm) -> HttpResponse:
    """What cannot be put back is explained on the page itself."""
    try:
        put_back = form.save(request_evidence.request_proof(request))
    except NotAllowed:
        return redirect("preferences:undo")
    if form.cleaned_data["answer"] == "keep":
        return redirect("preferences:undo-declined")
    if put_back and send_fence.is_in_flight(form.visitor.address):
        messages.info(request, _("One message was already on its way to you. It may still arrive."))
    tasks.deliver_soon(form.visitor.address)
    return redirect("preferences:undo")


def _change_lines(standing: Sequence[ConsentEvent], address: Address) -> dict[str, object]:
    first = standing[0]
    return {
        "changed": [
            (change_text.change_sentence(event, address.contact), change_text.affected_topics(event))
            for event in standing
        ],
        "who": change_text.actor_label(first),
        "when": change_text.moment_label(first.occurred_at, address.contact),
    }


def _was_put_back(address: Address, interaction_id: UUID) -> bool:
    """Did they press the button before, and is that why nothing is left of the act?"""
    last = address.events.filter(interaction_id=interaction_id).order_by("-pk").first()
    return last is not None and address.events.filter(source=Source.UNDO, pk__gt=last.pk).exists()


def _sender(address: Address, interaction_id: UUID) -> Sender | None:
    """Whose colours the page wears, and whose address it names for questions."""
    about = (
        address.events.filter(interaction_id=interaction_id, topic__isnull=False)
        .select_related("topic__sender")
        .first()
    )
    return about.topic.sender if about and about.topic else outbox.latest_sender(address)
