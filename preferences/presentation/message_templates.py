"""The words of every reply: composed when it goes out, in the language of the person, from what is on record."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from preferences.channels import email, sms
from preferences.codes.send_details import NotComposable, SendDetail
from preferences.consent import keep_keyword, suppressions, undo
from preferences.consent import service as consent
from preferences.links import mailto, tokens
from preferences.models import AddressChange, Channel, ConsentEvent, Notice, ServiceMessage, Source, Topic
from preferences.presentation import change_text, theme
from preferences.text import sms_segments

EventKind = ConsentEvent.Kind
MOST_SEGMENTS = 2


def compose_message(service_message: ServiceMessage) -> email.Mail | sms.SmsMessage:
    """The whole mail or text. Raises SaysoError with a sentence for staff when it cannot be written."""
    with translation.override(service_message.address.contact.language):
        return COMPOSERS[service_message.address.channel](service_message, _template_context(service_message))


def _compose_email(service_message: ServiceMessage, words: dict[str, Any]) -> email.Mail:
    sender, path = service_message.sender, f"preferences/service_messages/{service_message.kind}"
    return email.build(
        from_name=sender.name,
        from_email=sender.from_email,
        reply_to=sender.reply_to or sender.contact_email,
        to=service_message.address.value,
        subject=_one_line(render_to_string(f"{path}/subject.txt", words)),
        text=render_to_string(f"{path}/body.txt", words).strip() + "\n",
        html=render_to_string(f"{path}/body.html", words),
        message_id=f"<{service_message.reference}@{urlsplit(settings.BASE_URL).hostname}>",
        headers={"Auto-Submitted": "auto-generated", **_unsubscribe_headers(service_message, words["topics"])},
    )


def _compose_sms(service_message: ServiceMessage, words: dict[str, Any]) -> sms.SmsMessage:
    if not service_message.sender.text_number:
        raise NotComposable(SendDetail.NO_SENDER_NUMBER, service_message.sender)
    template = f"preferences/service_messages/{service_message.kind}/sms.txt"
    bodies = [_one_line(render_to_string(template, words | less)) for less in SHORTER]
    body = next((body for body in bodies if sms_segments.measure_sms(body).segments <= MOST_SEGMENTS), bodies[-1])
    return sms.SmsMessage(
        service_message.sender.text_number, service_message.address.value, body, str(service_message.reference)
    )


# What a text leaves out, one after the other, until it is short enough.
BRIEF: dict[str, Any] = {"who": "", "short": True}
SHORTER: list[dict[str, Any]] = [{}, {"who": ""}, BRIEF, BRIEF | {"undo_url": ""}]


COMPOSERS: dict[str, Callable[[ServiceMessage, dict[str, Any]], email.Mail | sms.SmsMessage]] = {
    Channel.EMAIL: _compose_email,
    Channel.SMS: _compose_sms,
}


def _template_context(service_message: ServiceMessage) -> dict[str, Any]:
    """What a letter may speak of. Nothing a stranger typed into a form is among it."""
    rows = ConsentEvent.objects.filter(
        interaction_id=service_message.interaction_id, address=service_message.address
    ).select_related("topic__sender", "notice")
    said = list(rows.order_by("pk"))
    spoken = [event for event in said if event.kind in CONTEXT_BY_KIND.get(service_message.kind, ())]
    topics = [event.topic for event in spoken if event.topic]
    return {
        "service_message": service_message,
        "address": service_message.address,
        "sender": service_message.sender,
        "colours": theme.colours_of(service_message.sender),
        "topics": topics,
        "names": ", ".join(topic.name for topic in topics),
        "agreed": [_agreed(service_message, event.topic, event.notice) for event in spoken if event.topic],
        "everything": any(event.topic is None for event in spoken),
        "by_text": any(event.source == Source.SMS for event in spoken),
        "keep": keep_keyword.keep_offer_text(service_message)
        if service_message.kind == ServiceMessage.Kind.UNSUBSCRIBED
        else "",
        "sign_up_url": settings.BASE_URL + reverse("preferences:sign-up", args=[service_message.sender.slug]),
        **_message_link(service_message),
        **_change_context(service_message, said),
    }


def _change_context(service_message: ServiceMessage, said: list[ConsentEvent]) -> dict[str, Any]:
    """What was changed, by whom and when, for a letter that tells of it; and the way back."""
    if service_message.kind not in TELLS or not said:
        return {"lifted": service_message.interaction_id in suppressions.staff_lift_acts(service_message.address)}
    contact, moved = (
        service_message.address.contact,
        AddressChange.objects.filter(
            old=service_message.address, interaction_id=service_message.interaction_id
        ).exists(),
    )
    return {
        "changed": [change_text.change_sentence(event, contact) for event in said],
        "also": [change_text.change_sentence(event, contact) for event in said if event.kind in WISHES],
        "who": change_text.actor_label(said[0]),
        "when": change_text.moment_label(said[0].occurred_at, contact),
        "moved": moved,
        "undo_url": "" if moved or service_message.kind not in UNDOABLE else _undo_url(service_message),
        "receipt_url": tokens.receipt_url(service_message.address, service_message.interaction_id),
    }


def _undo_url(service_message: ServiceMessage) -> str:
    """Only while there is something to put back: not after "never again", nor once a newer word was said."""
    possible = not consent.has_permanent_opt_out(service_message.address) and undo.undoable_events(
        service_message.address, service_message.interaction_id
    )
    return tokens.undo_url(service_message.address, service_message.interaction_id) if possible else ""


# Which replies tell of a change, and so lead to its receipt; and which of them also lead back.
UNDOABLE = (ServiceMessage.Kind.CHANGED, ServiceMessage.Kind.UNSUBSCRIBED)
TELLS = (*UNDOABLE, ServiceMessage.Kind.SUBSCRIBED)
WISHES = (EventKind.PAUSED, EventKind.RESUMED, EventKind.LIMITED)

# Which replies ask for a button to be pressed; and which tell of a yes that stands, with a way out of each.
ASKS = (
    ServiceMessage.Kind.CONFIRM,
    ServiceMessage.Kind.REMINDER,
    ServiceMessage.Kind.NEW_ADDRESS,
    ServiceMessage.Kind.OFFLINE_CONSENT,
)
AGREED = (ServiceMessage.Kind.SUBSCRIBED, ServiceMessage.Kind.OFFLINE_CONSENT)

# Which words of the act each kind of reply answers.
CONTEXT_BY_KIND: dict[str, tuple[str, ...]] = {
    ServiceMessage.Kind.CONFIRM: (EventKind.ASKED,),
    ServiceMessage.Kind.REMINDER: (EventKind.ASKED,),
    ServiceMessage.Kind.SUBSCRIBED: (EventKind.GRANTED,),
    ServiceMessage.Kind.OFFLINE_CONSENT: (EventKind.GRANTED,),
    ServiceMessage.Kind.UNSUBSCRIBED: (EventKind.WITHDRAWN,),
}


def _agreed(service_message: ServiceMessage, topic: Topic, notice: Notice | None) -> dict[str, str]:
    """What was agreed for one topic, in the words that were shown."""
    words = notice or topic
    links_of = notice or topic.sender
    return {
        "topic": topic.name,
        "frequency": words.frequency,
        "charges": words.charges,
        "privacy_url": links_of.privacy_url,
        "terms_url": links_of.terms_url,
        "leave_url": tokens.unsubscribe_url(service_message.address, topic) if service_message.kind in AGREED else "",
    }


def _message_link(service_message: ServiceMessage) -> dict[str, str]:
    if service_message.kind in ASKS:
        return {"confirm_url": tokens.confirm_url(service_message), "cancel_url": tokens.cancel_url(service_message)}
    if service_message.kind == ServiceMessage.Kind.SECURE_LINK:
        return {"fresh_url": tokens.secure_url(service_message.address)}
    return {"manage_url": tokens.preferences_url(service_message.address)}


def _unsubscribe_headers(service_message: ServiceMessage, topics: list[Topic]) -> dict[str, str]:
    """The headers by which a mail program offers to unsubscribe (RFC 8058), where there is something to leave."""
    if service_message.kind not in AGREED or not topics:
        return {}
    return {
        "List-Unsubscribe": mailto.list_unsubscribe_header(
            service_message.address, topics[0], service_message=service_message.pk
        ),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())
