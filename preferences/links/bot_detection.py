"""Mail scanners open every link. Nothing they do is an event; it is counted, so that machines can be told apart.

An opt-out always stands, whoever pressed the button. One that looks machine-made is marked for staff, who can
write to the person once, with a way back. Writes LinkHit and DoubtfulLeave.
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
from preferences.models import Address, Channel, ConsentEvent, DoubtfulLeave, LinkHit, Reply, Source
from preferences.outbox import service as outbox

Looks = LinkHit.Looks
BOOK = tomllib.loads(Path(__file__).with_name("bot_signatures.toml").read_text("utf-8"))
SHARED = frozenset(BOOK["shared"]["domains"])
TOO_QUICK = timedelta(seconds=2)
JUST_OPENED = timedelta(seconds=60)
BURST = timedelta(seconds=60)
BY_LINK = (Source.LEAVE, Source.ONE_CLICK)


@dataclass(frozen=True)
class Seen:
    """What a request tells about who makes it."""

    verb: str
    agent: str
    network: str
    speaks: bool  # a browser says which languages its owner reads

    @property
    def because(self) -> str:
        """What gives it away as a machine; empty when it looks like a person."""
        agent = self.agent.casefold()
        if known := next((name for part, name in BOOK["agents"].items() if part in agent), ""):
            return known
        if not agent:
            return "names no browser"
        return "asks for headers only" if self.verb == "HEAD" else "" if self.speaks else "names no language"


def note(address: Address, purpose: str, seen: Seen) -> LinkHit:
    """Count one look at a link. It is no event and changes nothing."""
    hit = LinkHit(address=address, purpose=purpose, verb=seen.verb, network=seen.network, agent=seen.agent[:200])
    hit.mail_domain = _domain(address)
    hit.looks, hit.because = _judge(hit, seen)
    hit.save()
    return hit


def _judge(hit: LinkHit, seen: Seen) -> tuple[str, str]:
    if seen.because:
        return Looks.SCANNER, seen.because
    if not hit.mail_domain or hit.mail_domain in SHARED:
        return Looks.PERSON, ""
    lately = LinkHit.objects.filter(mail_domain=hit.mail_domain, seen_at__gte=timezone.now() - BURST)
    people = lately.exclude(address=hit.address).order_by().values("address").distinct().count() + 1
    if people >= settings.SCANNER_BURST:
        return Looks.BURST, f"{people} people of one mail domain within a minute"
    return Looks.PERSON, ""


@transaction.atomic
def doubt(address: Address, act: UUID, seen: Seen) -> DoubtfulLeave | None:
    """Somebody left by a link: mark it if a machine may have pressed the button. It stands in any case."""
    left = ConsentEvent.objects.filter(address=address, act=act, kind=ConsentEvent.Kind.WITHDRAWN, source__in=BY_LINK)
    if not left.exists():
        return None
    if reason := seen.because or _too_quick(address):
        return _mark(address, act, reason)
    return _mark_burst(address, act)


def _too_quick(address: Address) -> str:
    now = timezone.now()
    opened = LinkHit.objects.filter(address=address, seen_at__gte=now - JUST_OPENED)
    if opened.filter(looks__in=[Looks.SCANNER, Looks.BURST]).exists():
        return "a machine had opened the link just before"
    first = opened.order_by("-seen_at").first()
    return "pressed within two seconds" if first and now - first.seen_at < TOO_QUICK else ""


def _mark_burst(address: Address, act: UUID) -> DoubtfulLeave | None:
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
    acts = {event.act: event.address for event in lately.order_by("pk")}
    if len(acts) < settings.SCANNER_BURST:
        return None
    reason = f"{len(acts)} people of one mail domain left within a minute"
    return {other: _mark(owner, other, reason) for other, owner in acts.items()}.get(act)


def _mark(address: Address, act: UUID, because: str) -> DoubtfulLeave:
    marked, _new = DoubtfulLeave.objects.get_or_create(act=act, defaults={"address": address, "because": because[:200]})
    return marked


@transaction.atomic
def offer_a_way_back(doubtful: DoubtfulLeave, *, by: User) -> DoubtfulLeave:
    """Write to the person once: this is what changed, keep it or put it back. Raises NotAllowed when it is settled."""
    doubtful = _open(doubtful)
    sender = outbox.sender_of(doubtful.address)
    if doubtful.address.erased_at or sender is None:
        raise NotAllowed(_("There is no recipient left to contact."))
    outbox.owe(doubtful.address, Reply.Kind.CHANGED, sender=sender, act=doubtful.act)
    doubtful.offered_at = timezone.now()
    return _settle(doubtful, by)


@transaction.atomic
def settle(doubtful: DoubtfulLeave, *, by: User) -> DoubtfulLeave:
    """The opt-out is believed: nothing is sent. Raises NotAllowed when it is settled already."""
    return _settle(_open(doubtful), by)


def _open(doubtful: DoubtfulLeave) -> DoubtfulLeave:
    doubtful = DoubtfulLeave.objects.select_for_update(of=["self"]).select_related("address").get(pk=doubtful.pk)
    if doubtful.settled_at:
        raise NotAllowed(_("Another member of staff has already resolved this."))
    return doubtful


def _settle(doubtful: DoubtfulLeave, by: User) -> DoubtfulLeave:
    doubtful.settled_at, doubtful.settled_by = timezone.now(), by
    doubtful.save(update_fields=["offered_at", "settled_at", "settled_by"])
    return doubtful


def forget_old() -> int:
    """Looks at links are kept for some weeks and then deleted."""
    return LinkHit.objects.filter(seen_at__lt=timezone.now() - timedelta(days=settings.LINK_HIT_DAYS)).delete()[0]


def _domain(address: Address) -> str:
    return (address.normal_form or "").rpartition("@")[2] if address.channel == Channel.EMAIL else ""
