"""How the contact record says things: who did it, where, and why not."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.decision import reason_labels
from campaigns.models import DeliveryEvent
from preferences.models import Address, Basis, ConsentEvent, Evidence, Source

SYSTEM_ACTOR = "Sayso"


def skip_reason_label(reason: str) -> str:
    """Why a message was skipped, in words; nothing for one that was not."""
    return _("Skipped: %(reason)s.") % {"reason": reason_labels.reason_label(reason)} if reason else ""


def address_label(address: Address) -> str:
    """The address as the contact record shows it, also when it is gone."""
    return f"{address.get_channel_display()}: {address}"


def user_label(user: User | None, otherwise: str) -> str:
    """A colleague's name, or whoever else it was."""
    return (user.get_full_name() or user.get_username()) if user else otherwise


def actor_label(row: Any) -> str:
    """Who made a history row; without a colleague it was Sayso, acting for the person."""
    return user_label(row.history_user if row else None, SYSTEM_ACTOR)


def row_change_label(row: Any, noun: str) -> str:
    """What happened to a row: added, changed, erased."""
    if row.history_type == "+":
        return _("%(noun)s added") % {"noun": noun}
    if row.erased_at and row.history_date >= row.erased_at:
        return _("%(noun)s erased") % {"noun": noun}
    return _("%(noun)s changed") % {"noun": noun}


def speaker_label(event: ConsentEvent) -> str:
    """Who said it, or wrote down that it was said."""
    return user_label(event.by, str(Source(event.source).traits.staff_actor))


def cap_label(most_per_month: int | None) -> str:
    """A limit somebody set, or took away."""
    if most_per_month is None:
        return _("limit removed")
    return ngettext("at most %(count)d message in 30 days", "at most %(count)d messages in 30 days", most_per_month) % {
        "count": most_per_month
    }


def _limit(event: ConsentEvent) -> str:
    return cap_label(event.most_per_month) if event.kind == ConsentEvent.Kind.LIMITED else ""


def _rests_on(event: ConsentEvent) -> str:
    """What stands for the word of the person, where they said none."""
    if event.basis == Basis.EXPRESS:
        return ""
    return join_parts([event.get_basis_display(), event.basis_on])


def event_circumstances(event: ConsentEvent) -> str:
    """By which door, how, on which form, under which words, from which message, resting on what, and until when."""
    return join_parts(
        [
            f"{event.get_source_display()}, {event.get_method_display()}",
            _("form %(form)s") % {"form": event.form} if event.form else "",
            _("consent wording %(notice)s") % {"notice": event.notice} if event.notice else "",
            _("from message %(message)s") % {"message": event.origin} if event.origin else "",
            _rests_on(event),
            _("until %(day)s") % {"day": event.until.date()} if event.until else "",
            _limit(event),
        ]
    )


def evidence_label(evidence: Evidence) -> str:
    """What the door saw, one thing after the other."""
    return join_parts(
        [
            _("IP %(ip)s") % {"ip": evidence.ip} if evidence.ip else "",
            evidence.user_agent,
            evidence.page,
            _("“%(words)s”") % {"words": evidence.words} if evidence.words else "",
            evidence.document.name,
        ]
    )


def report_subject_label(event: DeliveryEvent) -> str:
    """What a provider's report is about."""
    if event.message:
        return str(event.message.campaign)
    return event.service_message.get_kind_display() if event.service_message else _("unknown message")


def join_parts(parts: Iterable[object]) -> str:
    return " · ".join(str(part) for part in parts if part)
