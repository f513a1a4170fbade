"""Mail scanners open every link. Nothing they do is an event; it is counted, so that machines can be told apart.

An opt-out always stands, whoever pressed the button. One that looks machine-made is marked for staff, who can
write to the person once, with a way back.

Writes: LinkOpen, SuspiciousOptOut.
"""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preferences.errors import NotAllowed
from preferences.models import (
    Address,
    BotSign,
    Channel,
    ConsentEvent,
    LinkOpen,
    ServiceMessage,
    Source,
    SourceKind,
    SuspiciousOptOut,
)
from preferences.outbox import service as outbox

Opener = LinkOpen.Opener
BOT_SIGNATURES = tomllib.loads(Path(__file__).with_name("bot_signatures.toml").read_text("utf-8"))
SHARED = frozenset(BOT_SIGNATURES["shared"]["domains"])
TOO_QUICK = timedelta(seconds=2)
JUST_OPENED = timedelta(seconds=60)
BURST = timedelta(seconds=60)
BY_LINK = Source.of_kind(SourceKind.UNSUBSCRIBE_LINK)


@dataclass(frozen=True)
class RequestTraits:
    """What a request tells about who makes it."""

    method: str
    agent: str
    network: str
    speaks: bool  # a browser says which languages its owner reads

    @property
    def because(self) -> str:
        """What gives it away as a machine; empty when it looks like a person."""
        agent = self.agent.casefold()
        if known := next((name for part, name in BOT_SIGNATURES["agents"].items() if part in agent), ""):
            return known
        if not agent:
            return BotSign.NO_BROWSER
        return BotSign.HEADERS_ONLY if self.method == "HEAD" else "" if self.speaks else BotSign.NO_LANGUAGE


def record_link_open(address: Address, purpose: str, seen: RequestTraits) -> LinkOpen:
    """Count one look at a link. It is no event and changes nothing."""
    hit = LinkOpen(address=address, purpose=purpose, method=seen.method, network=seen.network, agent=seen.agent[:200])
    hit.mail_domain = _domain(address)
    hit.opener, hit.because = _classify_opener(hit, seen)
    hit.save()
    return hit


def _classify_opener(hit: LinkOpen, seen: RequestTraits) -> tuple[str, str]:
    if seen.because:
        return Opener.SCANNER, seen.because
    if not hit.mail_domain or hit.mail_domain in SHARED:
        return Opener.PERSON, ""
    lately = LinkOpen.objects.filter(mail_domain=hit.mail_domain, seen_at__gte=timezone.now() - BURST)
    people = lately.exclude(address=hit.address).order_by().values("address").distinct().count() + 1
    if people >= settings.BOT_BURST:
        return Opener.BURST, BotSign.BURST_OF_OPENS.filled(people)
    return Opener.PERSON, ""


@transaction.atomic
def flag_if_suspicious(address: Address, interaction_id: UUID, seen: RequestTraits) -> SuspiciousOptOut | None:
    """Somebody left by a link: mark it if a machine may have pressed the button. It stands in any case."""
    left = ConsentEvent.objects.filter(
        address=address, interaction_id=interaction_id, kind=ConsentEvent.Kind.WITHDRAWN, source__in=BY_LINK
    )
    if not left.exists():
        return None
    if reason := seen.because or _too_quick(address):
        return _flag(address, interaction_id, reason)
    return _flag_burst(address, interaction_id)


def _too_quick(address: Address) -> str:
    now = timezone.now()
    opened = LinkOpen.objects.filter(address=address, seen_at__gte=now - JUST_OPENED)
    if opened.filter(opener__in=[Opener.SCANNER, Opener.BURST]).exists():
        return BotSign.OPENED_BY_PROGRAM
    first = opened.order_by("-seen_at").first()
    return BotSign.TOO_QUICK if first and now - first.seen_at < TOO_QUICK else ""


def _flag_burst(address: Address, interaction_id: UUID) -> SuspiciousOptOut | None:
    """Many people of one mail domain leave within a minute: all of them are marked, the first ones too."""
    domain = _domain(address)
    if not domain or domain in SHARED:
        return None
    lately = ConsentEvent.objects.filter(
        kind=ConsentEvent.Kind.WITHDRAWN,
        source__in=BY_LINK,
        recorded_at__gte=timezone.now() - BURST,
        address__normal_form__endswith=f"@{domain}",
    ).select_related("address")
    acts = {event.interaction_id: event.address for event in lately.order_by("pk")}
    if len(acts) < settings.BOT_BURST:
        return None
    reason = BotSign.BURST_OF_OPT_OUTS.filled(len(acts))
    return {other: _flag(owner, other, reason) for other, owner in acts.items()}.get(interaction_id)


def _flag(address: Address, interaction_id: UUID, because: str) -> SuspiciousOptOut:
    marked, _new = SuspiciousOptOut.objects.get_or_create(
        interaction_id=interaction_id, defaults={"address": address, "because": because[:200]}
    )
    return marked


@transaction.atomic
def offer_undo(doubtful: SuspiciousOptOut, *, by: User) -> SuspiciousOptOut:
    """Write to the person once: this is what changed, keep it or put it back. Raises NotAllowed when it is settled."""
    doubtful = _locked_open(doubtful)
    sender = outbox.latest_sender(doubtful.address)
    if doubtful.address.erased_at or sender is None:
        raise NotAllowed(_("There is no recipient left to contact."))
    outbox.enqueue(doubtful.address, ServiceMessage.Kind.CHANGED, sender=sender, interaction_id=doubtful.interaction_id)
    doubtful.offered_at = timezone.now()
    return _resolve(doubtful, by)


@transaction.atomic
def accept_opt_out(doubtful: SuspiciousOptOut, *, by: User) -> SuspiciousOptOut:
    """The opt-out is believed: nothing is sent. Raises NotAllowed when it is settled already."""
    return _resolve(_locked_open(doubtful), by)


def _locked_open(doubtful: SuspiciousOptOut) -> SuspiciousOptOut:
    doubtful = SuspiciousOptOut.objects.select_for_update(of=["self"]).select_related("address").get(pk=doubtful.pk)
    if doubtful.resolved_at:
        raise NotAllowed(_("Another member of staff has already resolved this."))
    return doubtful


def _resolve(doubtful: SuspiciousOptOut, by: User) -> SuspiciousOptOut:
    doubtful.resolved_at, doubtful.resolved_by = timezone.now(), by
    doubtful.save(update_fields=["offered_at", "resolved_at", "resolved_by"])
    return doubtful


def delete_old_link_opens() -> int:
    """Looks at links are kept for some weeks and then deleted."""
    return LinkOpen.objects.filter(seen_at__lt=timezone.now() - timedelta(days=settings.LINK_OPEN_DAYS)).delete()[0]


def _domain(address: Address) -> str:
    return (address.normal_form or "").rpartition("@")[2] if address.channel == Channel.EMAIL else ""
