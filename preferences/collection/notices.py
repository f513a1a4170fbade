"""Publishing the words we ask with.

Writes: Notice.
"""

import hashlib

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from preferences.errors import NotAllowed
from preferences.models import Notice, Topic

TEXT_FIELDS = [
    "kind_of_messages",
    "frequency",
    "charges",
    "sender_identity",
    "privacy_url",
    "terms_url",
    "how_to_unsubscribe",
]


@transaction.atomic
def publish(
    topic: Topic,
    *,
    language: str = settings.LANGUAGE_CODE,
    discloses_texts: bool | None = None,
    by: User | None = None,
    **words: str,
) -> Notice:
    """Publish the next version of a topic's notice. Raises NotAllowed while a required slot is empty.

    `discloses_texts`: these words say that automated texts will come and that saying yes is no condition of buying
    (47 CFR 64.1200(f)(9)(i)); unless told otherwise, those of a topic by text do.
    """
    Topic.objects.select_for_update().get(pk=topic.pk)
    notice = Notice(topic=topic, language=language, published_by=by, **{**suggest_texts(topic), **words})
    if empty := [slot for slot in TEXT_FIELDS if not getattr(notice, slot).strip()]:
        names = ", ".join(str(field.verbose_name) for field in Notice._meta.fields if field.name in empty)
        raise NotAllowed(_("The consent wording cannot be published: fill in %(slots)s.") % {"slots": names})
    notice.discloses_texts = topic.by_sms if discloses_texts is None else discloses_texts
    notice.version = _next_version(topic, language)
    notice.digest = hashlib.sha256(notice.text.encode()).hexdigest()
    notice.save()
    return notice


def suggest_texts(topic: Topic) -> dict[str, str]:
    """A first draft of every slot, from the topic and its sender."""
    sender = topic.sender
    return {
        "kind_of_messages": topic.description,
        "frequency": topic.frequency,
        "charges": topic.charges if topic.by_sms else topic.charges or _("Free of charge."),
        "sender_identity": ", ".join(filter(None, [sender.legal_name, sender.contact_email, sender.contact_phone])),
        "privacy_url": sender.privacy_url,
        "terms_url": sender.terms_url,
        "how_to_unsubscribe": _how_to_unsubscribe(topic),
    }


def _how_to_unsubscribe(topic: Topic) -> str:
    ways = [_("use the unsubscribe link in any email")] if topic.by_email else []
    ways += [_("reply STOP to any text message, or HELP for help")] if topic.by_sms else []
    return _("You can unsubscribe at any time: %(ways)s. Consent is not a condition of any purchase.") % {
        "ways": _(" or ").join(ways)
    }


def _next_version(topic: Topic, language: str) -> int:
    latest = Notice.objects.filter(topic=topic, language=language).aggregate(latest=Max("version"))["latest"]
    return (latest or 0) + 1
