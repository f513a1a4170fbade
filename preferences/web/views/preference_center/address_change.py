"""Changing an address: asked for with a link to the old one, confirmed with a link to the new one as well."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from preferences import tasks
from preferences.contacts import address_change
from preferences.errors import NotAllowed
from preferences.links import tokens
from preferences.links.tokens import BadLink, Claims, Purpose
from preferences.models import Address, AddressChange
from preferences.web import link_holder, link_session, rate_limit, request_evidence
from preferences.web.forms.preference_center.address_change import ChangeAddressForm, MoveForm, RefuseForm
from preferences.web.link_holder import Visitor
from preferences.web.views.bad_links import friendly
from preferences.web.views.secure_pages import fresh_only


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_only
def change_address(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Free, theirs or somebody else's: the answer is the same, and takes as long."""
    form = ChangeAddressForm(request.POST if request.method == "POST" else None, visitor=visitor)
    page = {"form": form, "visitor": visitor}
    if request.method != "POST":
        return render(request, "preferences/change_address.html", page)
    with rate_limit.steady():
        if form.is_valid() and _asked(request, form):
            return redirect("preferences:change-address-sent")
    return render(request, "preferences/change_address.html", page, status=422)


@require_http_methods(["GET", "HEAD"])
@fresh_only
def change_address_sent(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    return render(request, "preferences/change_address_sent.html", {"visitor": visitor})


@require_http_methods(["GET", "HEAD", "POST"])
@friendly
def move(request: HttpRequest) -> HttpResponse:
    """Where the link in the letter to the new address leads. Opening it moves nothing."""
    visitor = link_holder.current(request, Purpose.CONFIRM)
    change = address_change.waiting(visitor.reply)
    if change is None:
        return render(request, "preferences/move_over.html", {"sender": visitor.reply.sender}, status=410)
    if request.method == "POST" and request.POST.get("answer") == "no":
        address_change.refuse(visitor.reply)
        return render(request, "preferences/move_refused.html", {"sender": visitor.reply.sender})
    if _holds(request, change.old):
        return _choose(request, visitor, change)
    page = {"form": RefuseForm(visitor=visitor), "sender": visitor.reply.sender}
    return render(request, "preferences/move_both_ends.html", page, status=403 if request.method == "POST" else 200)


def _choose(request: HttpRequest, visitor: Visitor, change: AddressChange) -> HttpResponse:
    there, not_there = address_change.topics(change)
    form = MoveForm(request.POST if request.method == "POST" else None, visitor=visitor, rows=there)
    if form.is_valid() and (moved := _moved(request, form, change.old)):
        return moved
    page = {"form": form, "visitor": visitor, "change": change, "not_there": not_there, "sender": visitor.reply.sender}
    return render(request, "preferences/move.html", page, status=422 if form.errors else 200)


def _asked(request: HttpRequest, form: ChangeAddressForm) -> bool:
    try:
        tasks.answer_soon(form.save(network=request_evidence.network(request)))
    except NotAllowed as refusal:
        form.add_error("address", str(refusal))
        return False
    return True


def _moved(request: HttpRequest, form: MoveForm, old: Address) -> HttpResponse | None:
    """Go on as the owner of the new address: both links have proven it, and the old ones open nothing any more."""
    try:
        new = form.save(request_evidence.proof(request))
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return None
    for address in (old, new):
        tasks.answer_soon(address)
    messages.success(request, _("Saved. From now on, messages go to %(address)s.") % {"address": new.value})
    response = redirect("preferences:preferences")
    link_session.keep(response, Purpose.MANAGE, Claims(new.pk, new.link_generation))
    link_session.forget(response, Purpose.FRESH)
    link_session.forget(response, Purpose.CONFIRM)
    return response


def _holds(request: HttpRequest, old: Address) -> bool:
    """Is there a link to the old address in this browser, too?"""
    try:
        return tokens.address_of(Purpose.MANAGE, link_session.read(request, Purpose.MANAGE)) == old
    except BadLink:
        return False
