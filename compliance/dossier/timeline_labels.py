"""How the dossier says things: who did it, where, and why not."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.decision import reason_labels
from campaigns.models import DeliveryEvent
from preferences.models import Address, Basis, ConsentEvent, Evidence, Source

OURSELVES = "Sayso"


def skipped(reason: str) -> str:
    """Why a message was skipped, in words; nothing for one that was not."""
    return _("Skipped: %(reason)s.") % {"reason": reason_labels.reason(reason)} if reason else ""


def place(address: Address) -> str:
    """The address as the dossier shows it, also when it is gone."""
    return f"{address.get_channel_display()}: {address}"


def name(user: User | None, otherwise: str) -> str:
    """A colleague's name, or whoever else it was."""
    return (user.get_full_name() or user.get_username()) if user else otherwise


def who(row: Any) -> str:
    """Who made a history row; without a colleague it was Sayso, acting for the person."""
    return name(row.history_user if row else None, OURSELVES)


def change(row: Any, noun: str) -> str:
    """What happened to a row: added, changed, erased."""
    if row.history_type == "+":
        return _("%(noun)s added") % {"noun": noun}
    if row.erased_at and row.history_date >= row.erased_at:
        return _("%(noun)s erased") % {"noun": noun}
    return _("%(noun)s changed") % {"noun": noun}


def speaker(event: ConsentEvent) -> str:
    """Who said it, or wrote down that it was said."""
    others: dict[str, str] = {Source.PROVIDER: _("Provider"), Source.SYSTEM: OURSELVES, Source.IMPORT: _("Import")}
    return name(event.by, others.get(event.source, _("The person")))


def at_most(most_per_month: int | None) -> str:
    """A limit somebody set, or took away."""
    if most_per_month is None:
        return _("limit removed")
    return ngettext("at most %(count)d message in 30 days", "at most %(count)d messages in 30 days", most_per_month) % {
        "count": most_per_month
    }


def _limit(event: ConsentEvent) -> str:
    return at_most(event.most_per_month) if event.kind == ConsentEvent.Kind.LIMITED else ""


def _rests_on(event: ConsentEvent) -> str:
    """What stands for the word of the person, where they said none."""
    if event.basis == Basis.EXPRESS:
        return ""
    return joined([event.get_basis_display(), event.basis_on])


def circumstances(event: ConsentEvent) -> str:
    """By which door, how, on which form, under which words, from which message, resting on what, and until when."""
    return joined(
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


def proof(evidence: Evidence) -> str:
    """What the door saw, one thing after the other."""
    return joined(
        [
            _("IP %(ip)s") % {"ip": evidence.ip} if evidence.ip else "",
            evidence.user_agent,
            evidence.page,
            _("“%(words)s”") % {"words": evidence.words} if evidence.words else "",
            evidence.document.name,
        ]
    )


def subject(event: DeliveryEvent) -> str:
    """What a provider's report is about."""
    if event.message:
        return str(event.message.campaign)
    return event.reply.get_kind_display() if event.reply else _("unknown message")


def joined(parts: Iterable[object]) -> str:
    return " · ".join(str(part) for part in parts if part)
