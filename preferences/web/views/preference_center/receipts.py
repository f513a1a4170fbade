"""Receipts: to read, to keep, and to check by anybody."""

from pathlib import Path

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from preferences.errors import NotAllowed
from preferences.geo import local_time
from preferences.links.tokens import BadLink, LinkPurpose
from preferences.models import Receipt
from preferences.presentation import consent_history_text
from preferences.proof import receipt_signing, receipts
from preferences.proof.receipt_signing import ReceiptCheck
from preferences.web import link_holder, rate_limit, request_evidence
from preferences.web.forms.preference_center.receipts import CheckReceiptForm, WriteReceiptForm
from preferences.web.views.bad_links import handle_bad_links

VERIFIER = Path(settings.ROOT) / "docs" / "verify_receipt.py"
KEY_KEPT_SECONDS = 60 * 60


@require_http_methods(["GET", "HEAD", "POST"])
@handle_bad_links
def receipt(request: HttpRequest) -> HttpResponse:
    """What was said in one act. A receipt that is not there yet is written when asked for, never by looking."""
    visitor = link_holder.current_holder(request, LinkPurpose.RECEIPT)
    form = WriteReceiptForm(request.POST or None, visitor=visitor)
    if form.is_valid():
        return _write(visitor)
    page = {"visitor": visitor, "form": form, "receipt": receipts.receipt_of(visitor.address, visitor.interaction_id)}
    return render(request, "preferences/preference_center/receipt.html", page | _history_lines(visitor))


@require_safe
@handle_bad_links
def receipt_file(request: HttpRequest) -> HttpResponse:
    """The receipt as it was signed, to keep."""
    standing = _standing(link_holder.current_holder(request, LinkPurpose.RECEIPT))
    response = HttpResponse(standing.document, content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="receipt-{standing.reference}.json"'
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def check_receipt(request: HttpRequest) -> HttpResponse:
    """Anybody may show a receipt and learn whether it is genuine. Nothing is kept of it, and nobody is looked up."""
    form = CheckReceiptForm(request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return render(request, "preferences/preference_center/receipt_check.html", {"form": form})
    if not rate_limit.allows_network(
        request_evidence.client_network(request), form="check", most=settings.FORMS_PER_NETWORK_PER_HOUR
    ):
        form.add_error(None, _("Too many receipts were checked from here. Try again in an hour."))
        return render(request, "preferences/preference_center/receipt_check.html", {"form": form}, status=429)
    if not form.is_valid():
        return render(request, "preferences/preference_center/receipt_check.html", {"form": form}, status=422)
    finding, said = form.check()
    page = {"form": form, "finding": finding, "is_genuine": finding == ReceiptCheck.GENUINE, "said": said}
    return render(request, "preferences/preference_center/receipt_check.html", page)


@require_safe
def receipt_keys(request: HttpRequest) -> HttpResponse:
    """The public keys, for whoever checks a receipt without us, from any website."""
    response = JsonResponse(receipt_signing.published_keys(), json_dumps_params={"indent": 2})
    response["Cache-Control"] = f"public, max-age={KEY_KEPT_SECONDS}"
    response["Access-Control-Allow-Origin"] = "*"
    response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@require_safe
def receipt_verifier(request: HttpRequest) -> FileResponse:
    """The program that checks a receipt on one's own computer."""
    return FileResponse(VERIFIER.open("rb"), as_attachment=True, content_type="text/x-python; charset=utf-8")


def _write(visitor: link_holder.LinkHolder) -> HttpResponse:
    try:
        receipts.issue(visitor.address, visitor.interaction_id)
    except NotAllowed:
        raise BadLink from None
    return redirect("preferences:receipt")


def _standing(visitor: link_holder.LinkHolder) -> Receipt:
    if standing := receipts.receipt_of(visitor.address, visitor.interaction_id):
        return standing
    raise BadLink


def _history_lines(visitor: link_holder.LinkHolder) -> dict[str, object]:
    """The same act as its owner reads it. Raises BadLink when nothing was said in it."""
    contact = visitor.address.contact
    events = list(
        consent_history_text.events_of(contact).filter(interaction_id=visitor.interaction_id, address=visitor.address)
    )
    if not events:
        raise BadLink
    senders = list(dict.fromkeys(event.topic.sender for event in events if event.topic))
    return {
        "lines": list(consent_history_text.history_lines(events, visiting=visitor.address)),
        "senders": senders,
        "sender": senders[0] if len(senders) == 1 else None,
        "zone": local_time.time_zone_of(contact),
    }
