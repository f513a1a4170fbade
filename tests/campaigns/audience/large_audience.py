"""Many people at once, written straight into the tables: of every country, with every kind of yes, limit and stop.

A seed makes the same people again; what they are is what the verbs may leave behind.
"""

import random
from datetime import datetime, timedelta

from django.db import connection
from django.db.models import Max, Min, UUIDField

from campaigns.models import Campaign, Message
from preferences.models import (
    Address,
    Basis,
    Channel,
    ConsentEvent,
    Contact,
    FrequencyCap,
    Method,
    Notice,
    Source,
    Subscription,
    Suppression,
)

Kind, Status = ConsentEvent.Kind, Subscription.Status
BATCH = 10_000
PLACES = [
    ("US", "FL", "33101", ""),
    ("US", "CA", "90001", "America/Los_Angeles"),
    ("US", "", "", ""),
    ("US", "NY", "10001", ""),
    ("CA", "QC", "H2X 1Y4", "America/Toronto"),
    ("CA", "", "", ""),
    ("DE", "", "", ""),
    ("FR", "", "", "Europe/Paris"),
    ("GB", "", "", ""),
    ("AU", "", "", ""),
    ("KR", "", "", ""),
    ("IN", "", "", ""),
    ("BR", "", "", ""),
    ("NZ", "", "", "Pacific/Chatham"),
    ("NP", "", "", "Asia/Kathmandu"),
    ("", "", "", ""),
    ("ZZ", "", "", "Mars/Base"),
]
METHODS = [*[Method.DOUBLE_OPT_IN] * 6, Method.CHECKBOX, Method.BUTTON, Method.WRITTEN, Method.VERBAL]
STATUSES = [*[Status.ACTIVE] * 12, Status.PENDING, Status.PAUSED, Status.ENDED]
BASES = [*[Basis.EXPRESS] * 6, Basis.PURCHASE, Basis.INQUIRY]
NUMBERS = ["+1305{:07d}", "+1212{:07d}", "+1808{:07d}", "+49151{:08d}", "+3361{:07d}", "+977981{:07d}"]
ENDINGS = {Status.PENDING: Kind.ASKED, Status.PAUSED: Kind.PAUSED}


def crowd(topic, channel: str, people: int, *, at: datetime, seed: int = 1) -> None:
    """So many people with a subscription to the topic; `at` is the moment around which their clocks run out."""
    chance = random.Random(seed)
    start = 1 + (Address.objects.order_by("-pk").values_list("pk", flat=True).first() or 0)
    for first in range(start, start + people, BATCH):
        _batch(topic, channel, range(first, min(first + BATCH, start + people)), at, chance)
    if people > BATCH:
        _look()


def _batch(topic, channel, numbers, at, chance) -> None:
    notice = Notice.objects.current(topic, "en")
    contacts = Contact.objects.bulk_create([_contact(chance, at) for _number in numbers])
    addresses = Address.objects.bulk_create(
        [_address(chance, channel, number, contact, at) for number, contact in zip(numbers, contacts, strict=True)]
    )
    events = ConsentEvent.objects.bulk_create([_event(chance, one, topic, notice, at) for one in addresses])
    Subscription.objects.bulk_create(
        [_subscription(chance, one, event, at) for one, event in zip(addresses, events, strict=True)]
    )
    stopped = [one for one in addresses if chance.random() < 0.03]
    Suppression.objects.bulk_create([_suppression(chance, one, topic) for one in stopped])
    limited = [event for event in events if chance.random() < 0.03]
    FrequencyCap.objects.bulk_create([_limit(chance, event, topic) for event in limited])


def _contact(chance, at) -> Contact:
    country, region, postal_code, time_zone = chance.choice(PLACES)
    born_on = (at - timedelta(days=chance.choice([17, 18, 40]) * 365.25 + chance.randint(-3, 5))).date()
    return Contact(
        country=country,
        region=region,
        postal_code=postal_code,
        time_zone=time_zone,
        born_on=born_on if chance.random() < 0.3 else None,
        restricted_at=at if chance.random() < 0.01 else None,
    )


def _address(chance, channel, number, contact, at) -> Address:
    text = chance.choice(NUMBERS).format(number) if channel == Channel.SMS else f"p{number}@example.org"
    return Address(
        contact=contact,
        channel=channel,
        value=text,
        normal_form=text,
        fingerprint=f"{number:064d}",
        verified_at=at if chance.random() < 0.9 else None,
    )


def _event(chance, address, topic, notice, at) -> ConsentEvent:
    """A yes of some day, often of one on which a clock of 6, 18 or 24 months is about to end."""
    near = at - timedelta(days=chance.choice([182, 548, 730]) + chance.randint(-4, 4))
    said_at = (
        near if chance.random() < 0.5 else at - timedelta(days=chance.randint(0, 500), hours=chance.randint(0, 23))
    )
    basis = chance.choice(BASES)
    return ConsentEvent(
        address=address,
        topic=topic,
        kind=Kind.GRANTED,
        source=chance.choice([Source.CONFIRM, Source.SIGN_UP, Source.IMPORT]),
        method=chance.choice(METHODS),
        notice=notice if chance.random() < 0.9 else None,
        occurred_at=said_at,
        basis=basis,
        basis_on=None if basis == Basis.EXPRESS else said_at.date(),
    )


def _subscription(chance, address, event, at) -> Subscription:
    status = chance.choice(STATUSES)
    return Subscription(
        address=address,
        topic_id=event.topic_id,
        status=status,
        event=event,
        granted=None if status == Status.PENDING else event,
        expires_at=at + timedelta(days=chance.randint(-2, 60)) if chance.random() < 0.05 else None,
        paused_until=at + timedelta(days=chance.randint(1, 9)) if status == Status.PAUSED else None,
    )


def _suppression(chance, address, topic) -> Suppression:
    return Suppression(
        fingerprint=address.fingerprint,
        channel=address.channel,
        reason=chance.choice(Suppression.Reason.values),
        scope=chance.choice([Suppression.EVERYTHING, topic.purpose, "compliance"]),
    )


def _limit(chance, event, topic) -> FrequencyCap:
    return FrequencyCap(
        contact_id=event.address.contact_id,
        topic=topic if chance.random() < 0.5 else None,
        most_per_month=chance.randint(1, 3),
        event=event,
    )


def again(topic, times: int) -> None:
    """Everybody so many times over, under other addresses: a crowd too large to be made one by one."""
    first, last = (Address.objects.aggregate(first=Min("pk"), last=Max("pk"))[name] for name in ("first", "last"))
    contacts = Contact.objects.aggregate(first=Min("pk"), last=Max("pk"))
    events = ConsentEvent.objects.aggregate(first=Min("pk"), last=Max("pk"))
    assert last - first == contacts["last"] - contacts["first"] == events["last"] - events["first"]
    for number in range(1, times):
        for model in (Contact, Address, ConsentEvent, Subscription):
            _copy(model, number * (last - first + 1), number, (first, last, contacts, events))
    _look()


def _look() -> None:
    """Let the database see how much there is, as it does by itself where rows come one by one."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _copy(model, step: int, number: int, ranges) -> None:
    """The same rows, with every key moved on by `step`."""
    first, last, contacts, events = ranges
    names = [field.column for field in model._meta.concrete_fields]
    chosen = ", ".join(_moved(model, field, step, number) for field in model._meta.concrete_fields)
    table, spans = model._meta.db_table, {Contact: contacts, ConsentEvent: events}
    low, high = (spans[model]["first"], spans[model]["last"]) if model in spans else (first, last)
    key = "address_id" if model is Subscription else "id"
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {chosen} FROM {table} "
            f"WHERE {key} BETWEEN {low} AND {high}"
        )


def _moved(model, field, step: int, number: int) -> str:
    kept = {"topic_id", "notice_id", "form_id", "by_id"}
    if isinstance(field, UUIDField):
        return "lower(hex(randomblob(16)))" if connection.vendor == "sqlite" else "gen_random_uuid()"
    if field.column in ("value", "normal_form", "fingerprint"):
        return f"substr('{number:03d}' || {field.column}, 1, 64)"
    moves = field.primary_key or (field.is_relation and field.column not in kept)
    return f"{field.column} + {step}" if moves else field.column


def mailed(campaign: Campaign, share: float, *, at: datetime, seed: int = 2) -> None:
    """A share of everybody on the campaign's channel got it, in the last 40 days."""
    chance = random.Random(seed)
    ids = Address.objects.filter(channel=campaign.channel).values_list("pk", flat=True)
    moments = [(pk, at - timedelta(minutes=chance.randint(1, 40 * 24 * 60))) for pk in ids if chance.random() < share]
    Message.objects.bulk_create(
        (
            Message(campaign=campaign, address_id=pk, status="sent", sent_to_provider_at=moment, finished_at=moment)
            for pk, moment in moments
        ),
        batch_size=BATCH,
    )
