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
from preferences.links.tokens import Purpose
from preferences.models import ConsentEvent
from preferences.outbox import send_fence
from preferences.web import link_holder, link_session, rate_limit, request_evidence
from preferences.web.forms.preference_center.preferences import PreferencesForm
from preferences.web.forms.preference_center.secure_link import MyLinkForm
from preferences.web.forms.unsubscribe.do_not_contact import ForGoodForm
from preferences.web.views.bad_links import friendly
from preferences.web.views.unsubscribe import undo_session


@require_http_methods(["GET", "HEAD", "POST"])
@friendly
def preferences(request: HttpRequest) -> HttpResponse:
    """Everything one person gets. A link from a message lowers, a fresh link also raises."""
    visitor = link_holder.current(request, Purpose.MANAGE)
    may_raise = link_holder.is_fresh(request, visitor) and not address_change.reads_somebody_else(visitor.address)
    form = PreferencesForm(request.POST or None, visitor=visitor, may_raise=may_raise)
    if form.is_valid():
        response = redirect("preferences:preferences")
        if act := _save(request, form):
            undo_session.remember(response, visitor, act)
        return response
    senders = form.senders
    page = {"form": form, "visitor": visitor, "may_raise": may_raise, "senders": senders}
    page |= {"never_again": visitor.address in form.sheet.never, "undo": undo_session.offer(request, visitor)}
    page |= {"sender": senders[0]} if len(senders) == 1 else {}
    return render(request, "preferences/preferences.html", page, status=422 if form.errors else 200)


def _save(request: HttpRequest, form: PreferencesForm) -> UUID | None:
    """The act, if it changed anything."""
    try:
        act = form.save(request_evidence.proof(request))
    except NotAllowed as refusal:
        messages.error(request, str(refusal))
        return None
    for address in form.sheet.addresses:
        tasks.answer_soon(address)
    if any(send_fence.in_flight(address) for address in form.sheet.addresses):
        messages.info(request, _("One message was already on its way to you. It may still arrive."))
    if form.wanted_more:
        messages.warning(request, _("To subscribe to more, get a secure link below. Nothing was added."))
    is_changed = ConsentEvent.objects.filter(act=act).exists()
    messages.success(request, _told(form, is_changed=is_changed))
    return act if is_changed else None


def _told(form: PreferencesForm, *, is_changed: bool) -> str:
    if form.cleaned_data["everything"]:
        return _("Saved. You are unsubscribed from all messages.")
    return _("Saved.") if is_changed else _("Nothing was changed.")


@require_http_methods(["GET", "HEAD", "POST"])
@friendly
def for_good(request: HttpRequest) -> HttpResponse:
    """Never again: first what that means, then one button. No undo comes after it."""
    visitor = link_holder.current(request, Purpose.MANAGE)
    form = ForGoodForm(request.POST or None, visitor=visitor)
    if form.is_valid():
        for address in form.save(request_evidence.proof(request)):
            tasks.answer_soon(address)
        response = redirect("preferences:for-good")
        link_session.forget(response, Purpose.UNDO)
        return response
    masked = [address.masked for address in form.addresses]
    page = {"form": form, "masked": masked, "is_done": consent.never_again(visitor.address)}
    return render(request, "preferences/for_good.html", page)


@require_http_methods(["GET", "HEAD", "POST"])
def my_link(request: HttpRequest) -> HttpResponse:
    """Known or unknown: the answer is the same, and takes as long."""
    form = MyLinkForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "preferences/my_link.html", {"form": form})
    with rate_limit.steady():
        if form.is_valid():
            tasks.answer_soon(form.save(network=request_evidence.network(request)))
            return redirect("preferences:my-link-sent")
    return render(request, "preferences/my_link.html", {"form": form}, status=422)


@require_safe
def my_link_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "preferences/my_link_sent.html")
