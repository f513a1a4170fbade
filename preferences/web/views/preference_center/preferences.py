"""The preferences page, its last way out, and the way to a link that opens it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from preferences import tasks
from preferences.consent import service as consent
from preferences.contacts import address_change
from preferences.errors import NotAllowed
from preferences.links.tokens import LinkPurpose
from preferences.models import ConsentEvent
from preferences.outbox import send_fence
from preferences.web import link_holder, link_session, rate_limit, request_evidence
from preferences.web.forms.preference_center.preferences import PreferencesForm
from preferences.web.forms.preference_center.secure_link import SecureLinkForm
from preferences.web.forms.unsubscribe.do_not_contact import PermanentUnsubscribeForm
from preferences.web.views.bad_links import handle_bad_links
from preferences.web.views.unsubscribe import undo_session


@require_http_methods(["GET", "HEAD", "POST"])
@handle_bad_links
def preferences(request: HttpRequest) -> HttpResponse:
    """Everything one person gets. A link from a message lowers, a secure link also raises."""
    visitor = link_holder.current_holder(request, LinkPurpose.PREFERENCES)
    may_raise = link_holder.has_secure_link(request, visitor) and not address_change.may_be_another_reader(
        visitor.address
    )
    form = PreferencesForm(request.POST or None, visitor=visitor, may_raise=may_raise)
    if form.is_valid():
        response = redirect("preferences:preferences")
        if interaction_id := _save(request, form):
            undo_session.remember_act(response, visitor, interaction_id)
        return response
    senders = form.senders
    page = {"form": form, "visitor": visitor, "may_raise": may_raise, "senders": senders}
    page |= {"never_again": visitor.address in form.sheet.never, "undo": undo_session.undo_offer(request, visitor)}
    page |= {"sender": senders[0]} if len(senders) == 1 else {}
    return render(request, "preferences/preference_center/preferences.html", page, status=422 if form.errors else 200)


def _save(request: HttpRequest, form: PreferencesForm) -> UUID | None:
    """The act, if it changed anything."""
    try:
        interaction_id = form.save(request_evidence.request_proof(request))
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return None
    for address in form.sheet.addresses:
        tasks.deliver_soon(address)
    if any(send_fence.is_in_flight(address) for address in form.sheet.addresses):
        messages.info(request, _("One message was already on its way to you. It may still arrive."))
    if form.wanted_more:
        messages.warning(request, _("To subscribe to more, get a secure link below. Nothing was added."))
    is_changed = ConsentEvent.objects.filter(interaction_id=interaction_id).exists()
    messages.success(request, _confirmation_text(form, is_changed=is_changed))
    return interaction_id if is_changed else None


def _confirmation_text(form: PreferencesForm, *, is_changed: bool) -> str:
    if form.cleaned_data["everything"]:
        return _("Saved. You are unsubscribed from all messages.")
    return _("Saved.") if is_changed else _("Nothing was changed.")


@require_http_methods(["GET", "HEAD", "POST"])
@handle_bad_links
def permanent_unsubscribe(request: HttpRequest) -> HttpResponse:
    """Never again: first what that means, then one button. No undo comes after it."""
    visitor = link_holder.current_holder(request, LinkPurpose.PREFERENCES)
    form = PermanentUnsubscribeForm(request.POST or None, visitor=visitor)
    if form.is_valid():
        for address in form.save(request_evidence.request_proof(request)):
            tasks.deliver_soon(address)
        response = redirect("preferences:do-not-contact")
        link_session.forget_claims(response, LinkPurpose.UNDO)
        return response
    masked = [address.masked for address in form.addresses]
    page = {"form": form, "masked": masked, "is_done": consent.has_permanent_opt_out(visitor.address)}
    return render(request, "preferences/unsubscribe/do_not_contact.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
def request_secure_link(request: HttpRequest) -> HttpResponse:
    """Known or unknown: the answer is the same, and takes as long."""
    form = SecureLinkForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "preferences/links/request_secure_link.html", {"form": form})
    with rate_limit.constant_time():
        if form.is_valid():
            tasks.deliver_soon(form.save(network=request_evidence.client_network(request)))
            return redirect("preferences:secure-link-sent")
    return render(request, "preferences/links/request_secure_link.html", {"form": form}, status=422)


@require_safe
def secure_link_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "preferences/links/secure_link_sent.html")
