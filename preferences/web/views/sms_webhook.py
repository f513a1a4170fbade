"""The door for texts that come back, signed by the provider."""

import json
import logging
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from preferences import tasks
from preferences.errors import NotAllowed, Unreadable
from preferences.inbound import sms, webhook_signature
from preferences.models import InboundOutcome
from preferences.text import keywords

logger = logging.getLogger(__name__)
PROVIDER = "http_texts"
MAX_BODY_BYTES = 64 * 1024
MAX_ID_LENGTH = 200
LATE_AFTER_SECONDS = 5 * 60


@csrf_exempt
@require_POST
def receive_sms_webhook(request: HttpRequest) -> HttpResponse:
    """Take one text. Whatever is properly signed and has an id is kept; nothing here is ever a server error.

    A provider is answered in the language of the installation, whatever its program asks for: the same words are kept.
    """
    with translation.override(settings.LANGUAGE_CODE):
        return _answer_to(request)


def _answer_to(request: HttpRequest) -> HttpResponse:
    body = _body(request)
    if body is None:
        return _answer(413, _("A text message may be at most 64 KB."))
    try:
        age = webhook_signature.signature_age(
            request.headers.get("X-Sayso-Signature", ""), body, secret=settings.INBOUND_WEBHOOK_SECRET
        )
    except webhook_signature.BadSignature:
        return _answer(401, _("The signature is missing or wrong. Sign the time and the raw body with the secret."))
    try:
        words = _parse_body(body)
    except Unreadable as problem:
        return _answer(400, str(problem))
    return _receive(words, late=age > LATE_AFTER_SECONDS)


def _receive(words: dict[str, Any], *, late: bool) -> HttpResponse:
    if late:
        logger.warning("An incoming text was signed more than %s seconds ago.", LATE_AFTER_SECONDS)
    try:
        taken = sms.receive_sms(provider=PROVIDER, provider_id=words["id"], late=late, **_message_fields(words))
    except NotAllowed as refusal:
        return _answer(403, str(refusal))
    except Unreadable as problem:
        return _set_aside(words, str(problem), late=late)
    tasks.deliver_soon(taken.address)
    return _answer(200, _("Accepted."))


def _set_aside(words: dict[str, Any], because: str, *, late: bool) -> HttpResponse:
    if late:
        return _answer(400, because)
    sms.store_unreadable(
        provider=PROVIDER,
        provider_id=words["id"],
        text=_string(words, "text"),
        because=InboundOutcome.UNREADABLE.filled(because),
    )
    return _answer(200, _("Stored for manual review: %(problem)s") % {"problem": because})


def _body(request: HttpRequest) -> bytes | None:
    """The raw body, or None if it is too large; a large one is not read at all."""
    try:
        announced = int(request.META.get("CONTENT_LENGTH") or 0)
        body = request.body if announced <= MAX_BODY_BYTES else None
    except (RequestDataTooBig, ValueError):
        return None
    return body if body is not None and len(body) <= MAX_BODY_BYTES else None


def _parse_body(body: bytes) -> dict[str, Any]:
    try:
        words = json.loads(body)
    except (ValueError, RecursionError):
        raise Unreadable(_("The body is not JSON.")) from None
    if not isinstance(words, dict) or not 0 < len(_string(words, "id")) <= MAX_ID_LENGTH:
        raise Unreadable(_("The body needs an id of at most 200 characters, and from, to, text and sent_at."))
    return words | {"id": _string(words, "id")}


def _message_fields(words: dict[str, Any]) -> dict[str, Any]:
    """Raises Unreadable when something is missing."""
    if not all(isinstance(words.get(name), str) for name in ("from", "to", "text")):
        raise Unreadable(_("A text message needs from, to, text and sent_at."))
    return {
        "from_number": _string(words, "from"),
        "sender_number": _string(words, "to"),
        "text": _string(words, "text"),
        "sent_at": _sent_at(words),
    }


def _sent_at(words: dict[str, Any]) -> datetime:
    """When the person sent it. Who wants out need not wait until their provider can tell the time."""
    try:
        return _moment(_string(words, "sent_at"))
    except Unreadable:
        if keywords.classify_text(_string(words, "text")).meaning not in keywords.OPT_OUT_MEANINGS:
            raise
        return timezone.now()


def _moment(value: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        raise Unreadable(_("sent_at is not a valid date and time. Use the format 2026-05-01T09:30:00Z.")) from None


def _string(words: dict[str, Any], name: str) -> str:
    """What a database can keep of it: no NUL, no half characters."""
    value = words.get(name)
    return value.encode("utf-8", "replace").decode().replace("\x00", "") if isinstance(value, str) else ""


def _answer(status: int, sentence: str) -> HttpResponse:
    return HttpResponse(f"{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
