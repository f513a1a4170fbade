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
from preferences.links.tokens import Purpose
from preferences.models import Address, ConsentEvent, Sender, Source
from preferences.outbox import send_fence
from preferences.outbox import service as outbox
from preferences.presentation import change_text
from preferences.web import link_holder, request_evidence
from preferences.web.forms.unsubscribe.undo import UndoForm
from preferences.web.views.bad_links import friendly


@require_http_methods(["GET", "HEAD", "POST"])
@friendly
def undo(request: HttpRequest) -> HttpResponse:
    visitor = link_holder.current(request, Purpose.UNDO)
    address, act = visitor.address, visitor.act
    for_good = consent.never_again(address)
    standing = [] if for_good else undoing.changes(address, act)
    form = UndoForm(request.POST or None, visitor=visitor, act=act)
    if standing and form.is_valid():
        return _decide(request, form)
    page = {"form": form, "visitor": visitor, "for_good": for_good, "sender": _sender(address, act)}
    page |= _told(standing, address) if standing else {"was_put_back": not for_good and _was_put_back(address, act)}
    return render(request, "preferences/undo.html", page, status=422 if standing and form.errors else 200)


@require_safe
@friendly
def kept(request: HttpRequest) -> HttpResponse:
    """It stays as it is; the link in the message goes on working."""
    visitor = link_holder.current(request, Purpose.UNDO)
    page = {"visitor": visitor, "sender": _sender(visitor.address, visitor.act)}
    return render(request, "preferences/undo_kept.html", page)


def _decide(request: HttpRequest, form: UndoForm) -> HttpResponse:
    """What cannot be put back is explained on the page itself."""
    try:
        put_back = form.save(request_evidence.proof(request))
    except NotAllowed:
        return redirect("preferences:undo")
    if form.cleaned_data["answer"] == "keep":
        return redirect("preferences:undo-kept")
    if put_back and send_fence.in_flight(form.visitor.address):
        messages.info(request, _("One message was already on its way to you. It may still arrive."))
    tasks.answer_soon(form.visitor.address)
    return redirect("preferences:undo")


def _told(standing: Sequence[ConsentEvent], address: Address) -> dict[str, object]:
    first = standing[0]
    return {
        "changed": [(change_text.sentence(event, address.contact), change_text.about(event)) for event in standing],
        "who": change_text.who(first),
        "when": change_text.when(first.occurred_at, address.contact),
    }


def _was_put_back(address: Address, act: UUID) -> bool:
    """Did they press the button before, and is that why nothing is left of the act?"""
    last = address.events.filter(act=act).order_by("-pk").first()
    return last is not None and address.events.filter(source=Source.UNDO, pk__gt=last.pk).exists()


def _sender(address: Address, act: UUID) -> Sender | None:
    """Whose colours the page wears, and whose address it names for questions."""
    about = address.events.filter(act=act, topic__isnull=False).select_related("topic__sender").first()
    return about.topic.sender if about and about.topic else outbox.sender_of(address)
