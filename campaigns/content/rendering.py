"""From a campaign and an address to what is handed over: composed once per campaign, filled in per person."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaigns.content import markdown, merge_fields
from campaigns.content.merge_fields import CompiledText, MergeField
from campaigns.models import Campaign, Message
from preferences.channels import email, sms
from preferences.errors import Unreadable
from preferences.links import mailto, tokens
from preferences.models import Address, Basis, Channel, ConsentEvent, Contact, Topic
from preferences.text import sms_segments

# Beside the writer's merge fields, the layout of every mail has these.
LAYOUT = (MergeField("leave_url"), MergeField("manage_url"), MergeField("why"), MergeField("keep_url"))
CACHE_SIZE = 32
# The right to object to direct marketing, shown apart and in plain words with every mail: GDPR Art. 21(4).
OBJECTION = gettext_lazy("You can object to these messages at any time, free of charge.")
WHY = {
    Basis.EXPRESS: gettext_lazy(
        "You get this because you asked for “%(topic)s” from %(sender)s on %(since)s, for %(address)s."
    ),
    Basis.SOFT_OPT_IN: gettext_lazy(
        "You get “%(topic)s” because you bought from %(sender)s on %(since)s and did not object, at %(address)s."
    ),
    Basis.PURCHASE: gettext_lazy(
        "You get “%(topic)s” because you were a customer of %(sender)s on %(since)s, at %(address)s."
    ),
    Basis.INQUIRY: gettext_lazy(
        "You get “%(topic)s” because you made an enquiry to %(sender)s on %(since)s, at %(address)s."
    ),
    Basis.MEMBERSHIP: gettext_lazy(
        "You get “%(topic)s” because you donated to %(sender)s or were a member on %(since)s, at %(address)s."
    ),
    Basis.PUBLISHED: gettext_lazy(
        "You get “%(topic)s” from %(sender)s because %(address)s was published for such messages on %(since)s."
    ),
}

_inliner = css_inline.CSSInliner(load_remote_stylesheets=False)


@dataclass(frozen=True)
class CampaignContent:
    """Everything that makes a campaign's messages what they are; two equal ones are composed once."""

    reference: str
    channel: str
    subject: str
    body: str
    topic: str
    list_id: str
    feedback_id: str
    brand: str
    legal_name: str
    from_email: str
    reply_to: str
    text_number: str
    postal_address: str
    contact_email: str
    contact_phone: str
    privacy_url: str
    terms_url: str
    host: str
    is_repermission: bool = False


@dataclass(frozen=True)
class RenderedText:
    """What one person reads."""

    subject: str
    text: str
    html: str = ""


@dataclass(frozen=True)
class PreparedMail:
    """A mail campaign, ready for each address."""

    content: CampaignContent
    topic: Topic
    subject: CompiledText
    text: CompiledText
    html: CompiledText

    def words(self, message: Message, address: Address, contact: Contact) -> RenderedText:
        values = _values(self.content, contact) | self._layout_values(message, address)
        return RenderedText(self.subject.fill(values), self.text.fill(values), self.html.fill(values))

    def parcel(self, message: Message, address: Address, contact: Contact) -> email.Mail:
        """The complete mail to this one address."""
        words, content = self.words(message, address, contact), self.content
        return email.build(
            from_name=content.brand,
            from_email=content.from_email,
            reply_to=content.reply_to,
            to=address.value,
            subject=words.subject,
            text=words.text,
            html=words.html,
            message_id=f"<{message.reference}@{content.host}>",
            headers=self._headers(message, address),
        )

    def _layout_values(self, message: Message, address: Address) -> dict[str, str]:
        values = {
            "leave_url": tokens.unsubscribe_url(address, self.topic, message=message.reference.int),
            "manage_url": tokens.preferences_url(address),
            "why": _why_received(self.content, message.event, address),
        }
        if self.content.is_repermission:
            values["keep_url"] = tokens.renewal_url(address, self.topic, message.reference.int)
        return values

    def _headers(self, message: Message, address: Address) -> dict[str, str]:
        return {
            "List-Unsubscribe": mailto.list_unsubscribe_header(address, self.topic, message=message.reference.int),
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "List-Id": self.content.list_id,
            "Feedback-ID": self.content.feedback_id,
        }


@dataclass(frozen=True)
class PreparedSms:
    """A text campaign, ready for each number: the brand first, the way out last."""

    content: CampaignContent
    body: CompiledText

    def words(self, message: Message, address: Address, contact: Contact) -> RenderedText:
        body = self.body.fill(_values(self.content, contact)).strip()
        brand = "" if body.startswith(self.content.brand) else f"{self.content.brand}: "
        answer = _("Reply KEEP to renew.") + " " if self.content.is_repermission else ""
        return RenderedText("", f"{brand}{body}\n{answer}" + _("Reply STOP to stop, HELP for help."))

    def parcel(self, message: Message, address: Address, contact: Contact) -> sms.SmsMessage:
        """The text to this one number."""
        body = self.words(message, address, contact).text
        to = address.normal_form or ""
        return sms.SmsMessage(self.content.text_number, to, body, reference=str(message.reference))


Prepared = PreparedMail | PreparedSms


@dataclass(frozen=True)
class Preview:
    """What staff see before anybody else does."""

    words: RenderedText
    size: sms_segments.SmsSize


def prepare(campaign: Campaign, *, label: str = "") -> Prepared:
    """Compose the campaign, or take it from where it was composed before. Raises Unreadable.

    A label stands before the subject or the text.
    """
    content = _content(campaign, label)
    if campaign.channel == Channel.SMS:
        return PreparedSms(content, merge_fields.compile_text(content.body, merge_fields.escape_for_line))
    return PreparedMail(content, campaign.topic, *_composed(content))


def check_sendable(campaign: Campaign) -> None:
    """Raises Unreadable with a sentence if this could not be sent as it is written."""
    prepare(campaign)


def preview(campaign: Campaign) -> Preview:
    """The campaign as a made-up person would get it."""
    words = prepare(campaign).words(*sample_parcel(campaign))
    return Preview(words, sms_segments.measure_sms(words.text))


def sample_parcel(campaign: Campaign, to: str = "", name: str = "") -> tuple[Message, Address, Contact]:
    """Somebody who does not exist, for previews and tests; the links in it open nothing."""
    contact = Contact(name=name or _("Ana Sample"))
    to = to or ("+12025550123" if campaign.channel == Channel.SMS else "ana.sample@example.org")
    address = Address(pk=0, contact=contact, channel=campaign.channel, value=to, normal_form=to)
    asked = ConsentEvent(address=address, topic=campaign.topic, occurred_at=timezone.now())
    return Message(campaign=campaign, address=address, event=asked), address, contact


def parcel_digest(parcel: email.Mail | sms.SmsMessage) -> str:
    """SHA-256 of what was handed over."""
    content = parcel.content if isinstance(parcel, email.Mail) else parcel.body.encode()
    return hashlib.sha256(content).hexdigest()


def _content(campaign: Campaign, label: str) -> CampaignContent:
    topic, sender, clean = campaign.topic, campaign.topic.sender, merge_fields.escape_for_line
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    in_mail = campaign.channel == Channel.EMAIL
    return CampaignContent(
        reference=str(campaign.reference),
        channel=campaign.channel,
        subject=f"{label}{campaign.subject}",
        body=campaign.body if in_mail else f"{label}{campaign.body}",
        topic=clean(topic.name),
        list_id=_list_id(topic, host),
        feedback_id=f"{campaign.reference.hex}:{topic.slug}:{topic.purpose}:{sender.slug}",
        brand=clean(sender.name),
        legal_name=clean(sender.legal_name),
        from_email=sender.from_email,
        reply_to=sender.reply_to,
        text_number=sender.text_number,
        postal_address=", ".join(map(clean, sender.postal_address.splitlines())),
        contact_email=clean(sender.contact_email),
        contact_phone=clean(sender.contact_phone),
        privacy_url=sender.privacy_url,
        terms_url=sender.terms_url,
        host=host,
        is_repermission=campaign.kind == Campaign.Kind.REPERMISSION,
    )


def _list_id(topic: Topic, host: str) -> str:
    """RFC 2919: a name in quotes, and a label that stays the same for ever."""
    name = merge_fields.escape_for_line(topic.name).translate(str.maketrans("", "", '"\\<>'))
    quoted = f'"{name}"' if name.isascii() else name
    return f"{quoted} <{topic.slug}.{topic.sender.slug}.{host}>"


@lru_cache(maxsize=CACHE_SIZE)
def _composed(content: CampaignContent) -> tuple[CompiledText, CompiledText, CompiledText]:
    """Subject, text part and HTML part."""
    marked, own = merge_fields.mark_fields(content.body), merge_fields.parse_fields(content.body)
    fields = [*own, *LAYOUT]
    layout = {field.name: merge_fields.mark_for(len(own) + number) for number, field in enumerate(LAYOUT)}
    html = _inliner.inline(_page(content, layout, body=_all_there(markdown.to_html(marked), own)))
    words = {"mail": content, "body": markdown.to_plain_text(marked), "objection": OBJECTION, **layout}
    text = render_to_string("campaigns/content/mail.txt", words)
    return (
        merge_fields.compile_text(content.subject, merge_fields.escape_for_line),
        merge_fields.compile_marked_text(text, fields, merge_fields.escape_for_line),
        merge_fields.compile_marked_text(html, fields, merge_fields.escape_for_html),
    )


def _page(content: CampaignContent, layout: Mapping[str, str], *, body: str) -> str:
    words = {"mail": content, "body": body, "language": settings.LANGUAGE_CODE, "objection": OBJECTION, **layout}
    return render_to_string("campaigns/content/mail.html", words)


def _all_there(page: str, fields: list[MergeField]) -> str:
    """A field inside the target of a link would leak a name into somebody's logs, and cannot be escaped there."""
    if merge_fields.find_marks(page) != len(fields):
        raise Unreadable(_("A merge field cannot be part of a link's address. Put it into the text around it."))
    return page


def _values(content: CampaignContent, contact: Contact) -> dict[str, str]:
    first_name = contact.name.split(maxsplit=1)[0] if contact.name.strip() else ""
    return {
        "name": contact.name.strip(),
        "first_name": first_name,
        "sender": content.brand,
        "topic": content.topic,
    }


def _why_received(content: CampaignContent, event: ConsentEvent | None, address: Address) -> str:
    """Why they get it: they asked for it, or something else stands for that."""
    words = {"topic": content.topic, "sender": content.brand, "address": address.value}
    words["since"] = date_format(event.basis_on or event.occurred_at, "j F Y") if event else _("an earlier day")
    return str(WHY[Basis(event.basis) if event else Basis.EXPRESS]) % words
