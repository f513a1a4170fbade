"""Confirming a sign-up, or taking it back: opening a page shows what was asked, only a button answers it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from preferences import tasks
from preferences.collection import pending_signups
from preferences.consent import ledger
from preferences.errors import NotAllowed
from preferences.links.tokens import LinkPurpose
from preferences.models import Address, ServiceMessage, Subscription
from preferences.web import link_holder, link_session, request_evidence
from preferences.web.forms.subscribe.confirm import CancelForm, ConfirmForm
from preferences.web.views.bad_links import handle_bad_links


@require_http_methods(["GET", "HEAD", "POST"])
@handle_bad_links
def confirm(request: HttpRequest) -> HttpResponse:
    visitor = link_holder.current_holder(request, LinkPurpose.CONFIRM)
    if visitor.service_message.kind == ServiceMessage.Kind.NEW_ADDRESS:
        return redirect("preferences:confirm-address-change")
    if visitor.service_message.kind == ServiceMessage.Kind.OFFLINE_CONSENT:
        return redirect("preferences:offline-consent")
    asked = ledger.unanswered_requests(visitor.service_message)
    form = ConfirmForm(request.POST or None, visitor=visitor, questions=asked)
    if form.is_valid() and _answered(request, form):
        return redirect("preferences:confirm")
    page = {"form": form, "visitor": visitor, "questions": asked, "sender": visitor.service_message.sender}
    status = 422 if form.errors else 200
    return render(request, "preferences/subscribe/confirm.html", page | {"agreed": _agreed(visitor)}, status=status)


def _answered(request: HttpRequest, form: ConfirmForm) -> bool:
    try:
        form.save(request_evidence.request_proof(request))
    except NotAllowed as refusal:
        form.add_error(None, str(refusal))
        return False
    tasks.deliver_soon(form.visitor.address)
    return True


def _agreed(visitor: link_holder.LinkHolder) -> list[Subscription]:
    """What of the question stands as a yes today."""
    asked = visitor.address.events.filter(interaction_id=visitor.service_message.interaction_id).values("topic")
    return list(visitor.address.subscriptions.active().filter(topic__in=asked).select_related("topic"))


@require_http_methods(["GET", "HEAD", "POST"])
@handle_bad_links
def cancel(request: HttpRequest) -> HttpResponse:
    """Take a sign-up back before it was confirmed. Pressed twice, it is done once."""
    if _is_done(request):
        return redirect("preferences:cancelled")
    visitor = link_holder.current_holder(request, LinkPurpose.CONFIRM)
    if request.method == "POST":
        CancelForm(request.POST, visitor=visitor).save(request_evidence.request_proof(request))
        response = redirect("preferences:cancelled")
        link_session.forget_claims(response, LinkPurpose.CONFIRM)
        return response
    topics = pending_signups.cancellable_signups(visitor.service_message)
    page = {"form": CancelForm(visitor=visitor), "visitor": visitor, "topics": topics}
    return render(request, "preferences/subscribe/cancel.html", page | {"sender": visitor.service_message.sender})


def _is_done(request: HttpRequest) -> bool:
    """The second press of one button: the link was good, and the address behind it is forgotten by now."""
    claims = link_session.read_claims(request, LinkPurpose.CONFIRM)
    mine = request.method == "POST" and link_session.matches_page_binding(
        LinkPurpose.CONFIRM, claims, request.POST.get("for", "")
    )
    return mine and Address.objects.filter(pk=claims.address, erased_at__isnull=False).exists()


@require_safe
def cancelled(request: HttpRequest) -> HttpResponse:
    """The same words for everybody: they do not tell what else we know."""
    return render(request, "preferences/subscribe/cancelled.html")
