"""What a colleague wrote down for somebody: right, or never said."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from preferences import tasks
from preferences.collection import offline_consent
from preferences.links.tokens import BadLink, LinkPurpose
from preferences.models import ServiceMessage
from preferences.web import link_holder, request_evidence
from preferences.web.forms.subscribe.offline_consent import OfflineConsentReviewForm
from preferences.web.views.bad_links import handle_bad_links


@require_http_methods(["GET", "HEAD", "POST"])
@handle_bad_links
def offline_consent_page(request: HttpRequest) -> HttpResponse:
    visitor = link_holder.current_holder(request, LinkPurpose.CONFIRM)
    if visitor.service_message.kind != ServiceMessage.Kind.OFFLINE_CONSENT:
        raise BadLink
    form = OfflineConsentReviewForm(request.POST or None, visitor=visitor)
    if form.is_valid():
        form.save(request_evidence.request_proof(request))
        tasks.deliver_soon(visitor.address)
        return redirect("preferences:offline-consent")
    told = visitor.address.events.filter(interaction_id=visitor.service_message.interaction_id).select_related("topic")
    page = {
        "form": form,
        "visitor": visitor,
        "sender": visitor.service_message.sender,
        "waiting": offline_consent.pending_offline_consent(visitor.service_message),
    }
    standing = visitor.address.subscriptions.active().filter(topic__in=told.values("topic"), expires_at=None)
    return render(
        request, "preferences/renewal/offline_consent.html", page | {"agreed": standing.select_related("topic")}
    )
