"""Which yes was said again to what was there already, so that it can be told as kept. Reads only."""

from django.db.models import BooleanField, Case, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from preferences.consent import ledger
from preferences.models import ConsentEvent, Source

EventKind = ConsentEvent.Kind
TURNS = (EventKind.ASKED, EventKind.GRANTED, EventKind.EXPIRED, *ledger.ENDING)
THEIRS = (Source.CONFIRM, Source.SMS)


def with_renewal_flags(said: QuerySet[ConsentEvent]) -> QuerySet[ConsentEvent]:
    """The same events, each with `follows_a_yes`: was the last word before it a yes without a term?"""
    before = ConsentEvent.objects.filter(
        Q(topic=OuterRef("topic")) | Q(topic=None),
        address=OuterRef("address"),
        pk__lt=OuterRef("pk"),
        kind__in=TURNS,
    )
    stood = Case(When(kind=EventKind.GRANTED, until=None, then=True), default=False, output_field=BooleanField())
    last = before.order_by("-pk").annotate(stood=stood).values("stood")[:1]
    return said.annotate(follows_a_yes=Coalesce(Subquery(last), Value(False)))


def is_renewal(event: ConsentEvent) -> bool:
    """Did they say here that what they had is to go on? Ask it of events that were `marked`."""
    follows = getattr(event, "follows_a_yes", False)
    return bool(follows) and event.kind == EventKind.GRANTED and event.source in THEIRS
