"""Changing an address: asked for with a link to the old one, confirmed with a link to the new one as well."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from preferences import cookies, limits, links, moves, tasks, visits, witness
from preferences.errors import NotAllowed
from preferences.forms import ChangeAddressForm, MoveForm, RefuseForm
from preferences.links import BadLink, Claims, Purpose
from preferences.models import Address, AddressChange
from preferences.views.personal import fresh_only
from preferences.views.trouble import friendly
from preferences.visits import Visitor


@require_http_methods(["GET", "HEAD", "POST"])
@fresh_only
def change_address(request: HttpRequest, visitor: Visitor) -> HttpResponse:
    """Free, theirs or somebody else's: the answer is the same, and takes as long."""
    form = ChangeAddressForm(request.POST if request.method == "POST" else None, visitor=visitor)
    page = {"form": form, "visitor": visitor}
    if request.method != "POST":
        return render(request, "preferences/change_address.html", page)
    with limits.steady():
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
    visitor = visits.current(request, Purpose.CONFIRM)
    change = moves.waiting(visitor.reply)
    if change is None:
        return render(request, "preferences/move_over.html", {"sender": visitor.reply.sender}, status=410)
    if request.method == "POST" and request.POST.get("answer") == "no":
        moves.refuse(visitor.reply)
        return render(request, "preferences/move_refused.html", {"sender": visitor.reply.sender})
    if _holds(request, change.old):
        return _choose(request, visitor, change)
    page = {"form": RefuseForm(visitor=visitor), "sender": visitor.reply.sender}
    return render(request, "preferences/move_both_ends.html", page, status=403 if request.method == "POST" else 200)


def _choose(request: HttpRequest, visitor: Visitor, change: AddressChange) -> HttpResponse:
    there, not_there = moves.topics(change)
    form = MoveForm(request.POST if request.method == "POST" else None, visitor=visitor, rows=there)
    if form.is_valid() and (moved := _moved(request, form, change.old)):
        return moved
    page = {"form": form, "visitor": visitor, "change": change, "not_there": not_there, "sender": visitor.reply.sender}
    return render(request, "preferences/move.html", page, status=422 if form.errors else 200)


def _asked(request: HttpRequest, form: ChangeAddressForm) -> bool:
    try:
        tasks.answer_soon(form.save(network=witness.network(request)))
    except NotAllowed as refusal:
        form.add_error("address", str(refusal))
        return False
    return True


def _moved(request: HttpRequest, form: MoveForm, old: Address) -> HttpResponse | None:
    """Go on as the owner of the new address: both links have proven it, and the old ones open nothing any more."""
    try:
        new = form.save(witness.proof(request))
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return None
    for address in (old, new):
        tasks.answer_soon(address)
    messages.success(request, _("Saved. From now on we write to %(address)s.") % {"address": new.value})
    response = redirect("preferences:preferences")
    cookies.keep(response, Purpose.MANAGE, Claims(new.pk, new.link_generation))
    cookies.forget(response, Purpose.FRESH)
    cookies.forget(response, Purpose.CONFIRM)
    return response


def _holds(request: HttpRequest, old: Address) -> bool:
    """Is there a link to the old address in this browser, too?"""
    try:
        return links.address_of(Purpose.MANAGE, cookies.read(request, Purpose.MANAGE)) == old
    except BadLink:
        return False
