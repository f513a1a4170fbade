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
from preferences.links.tokens import BadLink, LinkPurpose, TokenClaims
from preferences.models import Address, AddressChange
from preferences.web import link_holder, link_session, rate_limit, request_evidence
from preferences.web.forms.preference_center.address_change import (
    ChangeAddressForm,
    ConfirmAddressChangeForm,
    RefuseAddressChangeForm,
)
from preferences.web.link_holder import LinkHolder
from preferences.web.views.bad_links import handle_bad_links
from preferences.web.views.secure_pages import require_secure_link


@require_http_methods(["GET", "HEAD", "POST"])
@require_secure_link
def change_address(request: HttpRequest, visitor: LinkHolder) -> HttpResponse:
    """Free, theirs or somebody else's: the answer is the same, and takes as long."""
    form = ChangeAddressForm(request.POST if request.method == "POST" else None, visitor=visitor)
    page = {"form": form, "visitor": visitor}
    if request.method != "POST":
        return render(request, "preferences/address_change/change_address.html", page)
    with rate_limit.constant_time():
        if form.is_valid() and _asked(request, form):
            return redirect("preferences:change-address-sent")
    return render(request, "preferences/address_change/change_address.html", page, status=422)


@require_http_methods(["GET", "HEAD"])
@require_secure_link
def change_address_sent(request: HttpRequest, visitor: LinkHolder) -> HttpResponse:
    return render(request, "preferences/address_change/change_address_sent.html", {"visitor": visitor})


@require_http_methods(["GET", "HEAD", "POST"])
@handle_bad_links
def confirm_address_change(request: HttpRequest) -> HttpResponse:
    """Where the link in the letter to the new address leads. Opening it moves nothing."""
    visitor = link_holder.current_holder(request, LinkPurpose.CONFIRM)
    change = address_change.pending_change(visitor.service_message)
    if change is None:
        return render(
            request,
            "preferences/address_change/address_change_over.html",
            {"sender": visitor.service_message.sender},
            status=410,
        )
    if request.method == "POST" and request.POST.get("answer") == "no":
        address_change.refuse(visitor.service_message)
        return render(
            request,
            "preferences/address_change/address_change_refused.html",
            {"sender": visitor.service_message.sender},
        )
    if _holds_old_link(request, change.old):
        return _choose(request, visitor, change)
    page = {"form": RefuseAddressChangeForm(visitor=visitor), "sender": visitor.service_message.sender}
    return render(
        request,
        "preferences/address_change/open_both_links.html",
        page,
        status=403 if request.method == "POST" else 200,
    )


def _choose(request: HttpRequest, visitor: LinkHolder, change: AddressChange) -> HttpResponse:
    there, not_there = address_change.topics_to_move(change)
    form = ConfirmAddressChangeForm(request.POST if request.method == "POST" else None, visitor=visitor, rows=there)
    if form.is_valid() and (moved := _continue_as_new_address(request, form, change.old)):
        return moved
    page = {
        "form": form,
        "visitor": visitor,
        "change": change,
        "not_there": not_there,
        "sender": visitor.service_message.sender,
    }
    return render(
        request, "preferences/address_change/confirm_address_change.html", page, status=422 if form.errors else 200
    )


def _asked(request: HttpRequest, form: ChangeAddressForm) -> bool:
    try:
        tasks.deliver_soon(form.save(network=request_evidence.client_network(request)))
    except NotAllowed as refusal:
        form.add_error("address", str(refusal))
        return False
    return True


def _continue_as_new_address(request: HttpRequest, form: ConfirmAddressChangeForm, old: Address) -> HttpResponse | None:
    """Go on as the owner of the new address: both links have proven it, and the old ones open nothing any more."""
    try:
        new = form.save(request_evidence.request_proof(request))
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return None
    for address in (old, new):
        tasks.deliver_soon(address)
    messages.success(request, _("Saved. From now on, messages go to %(address)s.") % {"address": new.value})
    response = redirect("preferences:preferences")
    link_session.remember_claims(response, LinkPurpose.PREFERENCES, TokenClaims(new.pk, new.link_generation))
    link_session.forget_claims(response, LinkPurpose.SECURE)
    link_session.forget_claims(response, LinkPurpose.CONFIRM)
    return response


def _holds_old_link(request: HttpRequest, old: Address) -> bool:
    """Is there a link to the old address in this browser, too?"""
    try:
        return (
            tokens.address_of(LinkPurpose.PREFERENCES, link_session.read_claims(request, LinkPurpose.PREFERENCES))
            == old
        )
    except BadLink:
        return False
