"""Whom a campaign is for: counted before, frozen at the start. Writes Message (queued, or skipped with a reason).

Everybody who ever said anything about the topic on this channel gets a row, so that each is accounted for.
One INSERT … SELECT per chunk of addresses; the cursor is saved with the rows, so that freezing can be
interrupted and run again without adding anyone twice.
"""

from django.db import connection, transaction
from django.db.models import Case, F, FilteredRelation, Func, Max, Q, QuerySet, UUIDField, Value, When
from django.db.models.functions import Now
from django.utils import timezone

from campaigns.models import Campaign, Message
from preferences import eligibility
from preferences.models import Address

CHUNK = 50_000
Status = Message.Status


class RandomUUID(Func):
    """A random UUID made by the database, one per row."""

    output_field = UUIDField()
    template = "gen_random_uuid()"

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="lower(hex(randomblob(16)))", **context)


def preview(campaign: Campaign) -> dict[str, int]:
    """How many people would get it now (under ""), and how many not, by the name of the first objection."""
    return eligibility.counted(campaign.topic, campaign.channel)


def freeze(campaign: Campaign, *, chunk: int = CHUNK) -> int:
    """Write the audience down; the number of rows added. Harmless twice, and at the same time as another."""
    added = 0
    while (rows := _freeze_next(campaign, chunk)) is not None:
        added += rows
    return added


@transaction.atomic
def _freeze_next(campaign: Campaign, chunk: int) -> int | None:
    """The next chunk in a transaction of its own; None when nobody is left."""
    campaign = Campaign.objects.select_for_update(no_key=True, of=("self",)).select_related("topic").get(pk=campaign.pk)
    if campaign.frozen_at or campaign.status != Campaign.Status.SENDING:
        return None
    last = _end_of_chunk(campaign, chunk)
    if last is None:
        campaign.frozen_at = timezone.now()
        campaign.save(update_fields=["frozen_at"])
        return None
    added = _insert(campaign, _crowd(campaign).filter(pk__gt=campaign.frozen_up_to, pk__lte=last))
    Campaign.objects.filter(pk=campaign.pk).update(frozen_up_to=last)
    return added


def _end_of_chunk(campaign: Campaign, chunk: int) -> int | None:
    ids = _crowd(campaign).filter(pk__gt=campaign.frozen_up_to).order_by("pk").values_list("pk", flat=True)
    return ids[:chunk].aggregate(last=Max("pk"))["last"]


def _crowd(campaign: Campaign) -> QuerySet[Address]:
    """Every address on the channel that has a subscription to the topic, in whatever state."""
    about = FilteredRelation("subscriptions", condition=Q(subscriptions__topic=campaign.topic))
    return Address.objects.filter(channel=campaign.channel).alias(said=about).filter(said__isnull=False)


def _insert(campaign: Campaign, crowd: QuerySet[Address]) -> int:
    columns = {
        "reference": RandomUUID(),
        "campaign_id": Value(campaign.pk),
        "address_id": F("pk"),
        "status": Case(When(objection="", then=Value(Status.QUEUED.value)), default=Value(Status.SKIPPED.value)),
        "skipped_because": F("objection"),
        "event_id": F("said__event_id"),
        "finished_at": Case(When(~Q(objection=""), then=Now())),
        "attempts": Value(0),
        "provider_id": Value(""),
        "detail": Value(""),
        "body_digest": Value(""),
    }
    named = {f"new_{name}": value for name, value in columns.items()}
    rows = eligibility.judged(crowd, campaign.topic).annotate(**named).order_by("pk").values_list(*named)
    sql, params = rows.query.get_compiler(connection=connection).as_sql()
    with connection.cursor() as cursor:
        names = ", ".join(connection.ops.quote_name(name) for name in columns)
        cursor.execute(f"INSERT INTO {Message._meta.db_table} ({names}) {sql}", params)
        return cursor.rowcount
