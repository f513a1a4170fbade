"""The words of every reply: composed when it goes out, in the language of the person, from what is on record."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from preferences.channels import email, sms
from preferences.consent import keep_keyword, suppressions, undo
from preferences.consent import service as consent
from preferences.errors import NotAllowed
from preferences.links import mailto, tokens
from preferences.models import AddressChange, Channel, ConsentEvent, Notice, Reply, Source, Topic
from preferences.presentation import change_text, theme
from preferences.text import sms_segments

Kind = ConsentEvent.Kind
MOST_SEGMENTS = 2


def compose(reply: Reply) -> email.Mail | sms.Text:
    """The whole mail or text. Raises SaysoError with a sentence for staff when it cannot be written."""
    with translation.override(reply.address.contact.language):
        return WRITE[reply.address.channel](reply, _words(reply))


def _mail(reply: Reply, words: dict[str, Any]) -> email.Mail:
    sender, path = reply.sender, f"preferences/letters/{reply.kind}"
    return email.build(
        from_name=sender.name,
        from_email=sender.from_email,
        reply_to=sender.reply_to or sender.contact_email,
        to=reply.address.value,
        subject=_one_line(render_to_string(f"{path}.subject.txt", words)),
        text=render_to_string(f"{path}.txt", words).strip() + "\n",
        html=render_to_string(f"{path}.html", words),
        message_id=f"<{reply.reference}@{urlsplit(settings.BASE_URL).hostname}>",
        headers={"Auto-Submitted": "auto-generated", **_ways_out(reply, words["topics"])},
    )


def _text(reply: Reply, words: dict[str, Any]) -> sms.Text:
    if not reply.sender.text_number:
        raise NotAllowed(_("%(sender)s has no SMS number. Add one, then send again.") % {"sender": reply.sender})
    template = f"preferences/letters/{reply.kind}.sms.txt"
    bodies = [_one_line(render_to_string(template, words | less)) for less in SHORTER]
    body = next((body for body in bodies if sms_segments.count(body).segments <= MOST_SEGMENTS), bodies[-1])
    return sms.Text(reply.sender.text_number, reply.address.value, body, str(reply.reference))


# What a text leaves out, one after the other, until it is short enough.
BRIEF: dict[str, Any] = {"who": "", "short": True}
SHORTER: list[dict[str, Any]] = [{}, {"who": ""}, BRIEF, BRIEF | {"undo_url": ""}]


WRITE: dict[str, Callable[[Reply, dict[str, Any]], email.Mail | sms.Text]] = {Channel.EMAIL: _mail, Channel.SMS: _text}


def _words(reply: Reply) -> dict[str, Any]:
    """What a letter may speak of. Nothing a stranger typed into a form is among it."""
    rows = ConsentEvent.objects.filter(act=reply.act, address=reply.address).select_related("topic__sender", "notice")
    said = list(rows.order_by("pk"))
    spoken = [event for event in said if event.kind in ABOUT.get(reply.kind, ())]
    topics = [event.topic for event in spoken if event.topic]
    return {
        "reply": reply,
        "address": reply.address,
        "sender": reply.sender,
        "colours": theme.colours(reply.sender),
        "topics": topics,
        "names": ", ".join(topic.name for topic in topics),
        "agreed": [_agreed(reply, event.topic, event.notice) for event in spoken if event.topic],
        "everything": any(event.topic is None for event in spoken),
        "by_text": any(event.source == Source.TEXT for event in spoken),
        "keep": keep_keyword.offered(reply) if reply.kind == Reply.Kind.OPTED_OUT else "",
        "sign_up_url": settings.BASE_URL + reverse("preferences:sign-up", args=[reply.sender.slug]),
        **_link(reply),
        **_change(reply, said),
    }


def _change(reply: Reply, said: list[ConsentEvent]) -> dict[str, Any]:
    """What was changed, by whom and when, for a letter that tells of it; and the way back."""
    if reply.kind not in TELLS or not said:
        return {"lifted": reply.act in suppressions.lifts(reply.address)}
    contact, moved = reply.address.contact, AddressChange.objects.filter(old=reply.address, act=reply.act).exists()
    return {
        "changed": [change_text.sentence(event, contact) for event in said],
        "also": [change_text.sentence(event, contact) for event in said if event.kind in WISHES],
        "who": change_text.who(said[0]),
        "when": change_text.when(said[0].occurred_at, contact),
        "moved": moved,
        "undo_url": "" if moved or reply.kind not in UNDOABLE else _undo_url(reply),
        "receipt_url": tokens.receipt_url(reply.address, reply.act),
    }


def _undo_url(reply: Reply) -> str:
    """Only while there is something to put back: not after "never again", nor once a newer word was said."""
    possible = not consent.never_again(reply.address) and undo.changes(reply.address, reply.act)
    return tokens.undo_url(reply.address, reply.act) if possible else ""


# Which replies tell of a change, and so lead to its receipt; and which of them also lead back.
UNDOABLE = (Reply.Kind.CHANGED, Reply.Kind.OPTED_OUT)
TELLS = (*UNDOABLE, Reply.Kind.SIGNED_UP)
WISHES = (Kind.PAUSED, Kind.RESUMED, Kind.LIMITED)

# Which replies ask for a button to be pressed; and which tell of a yes that stands, with a way out of each.
ASKS = (Reply.Kind.CONFIRM, Reply.Kind.REMINDER, Reply.Kind.NEW_ADDRESS, Reply.Kind.WRITTEN_DOWN)
AGREED = (Reply.Kind.SIGNED_UP, Reply.Kind.WRITTEN_DOWN)

# Which words of the act each kind of reply answers.
ABOUT: dict[str, tuple[str, ...]] = {
    Reply.Kind.CONFIRM: (Kind.ASKED,),
    Reply.Kind.REMINDER: (Kind.ASKED,),
    Reply.Kind.SIGNED_UP: (Kind.GRANTED,),
    Reply.Kind.WRITTEN_DOWN: (Kind.GRANTED,),
    Reply.Kind.OPTED_OUT: (Kind.WITHDRAWN,),
}


def _agreed(reply: Reply, topic: Topic, notice: Notice | None) -> dict[str, str]:
    """What was agreed for one topic, in the words that were shown."""
    words = notice or topic
    links_of = notice or topic.sender
    return {
        "topic": topic.name,
        "frequency": words.frequency,
        "charges": words.charges,
        "privacy_url": links_of.privacy_url,
        "terms_url": links_of.terms_url,
        "leave_url": tokens.leave_url(reply.address, topic) if reply.kind in AGREED else "",
    }


def _link(reply: Reply) -> dict[str, str]:
    if reply.kind in ASKS:
        return {"confirm_url": tokens.confirm_url(reply), "cancel_url": tokens.cancel_url(reply)}
    if reply.kind == Reply.Kind.LINK:
        return {"fresh_url": tokens.fresh_url(reply.address)}
    return {"manage_url": tokens.manage_url(reply.address)}


def _ways_out(reply: Reply, topics: list[Topic]) -> dict[str, str]:
    """The headers by which a mail program offers to unsubscribe (RFC 8058), where there is something to leave."""
    if reply.kind not in AGREED or not topics:
        return {}
    return {
        "List-Unsubscribe": mailto.list_unsubscribe(reply.address, topics[0], reply=reply.pk),
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _one_line(text: str) -> str:
    return " ".join(text.split())
