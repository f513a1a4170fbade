"""Whom a campaign is for: counted before, frozen at the start.

Everybody who ever said anything about the topic on this channel gets a row, so that each is accounted for.
One INSERT … SELECT per chunk of addresses; the cursor is saved with the rows, so that freezing can be
interrupted and run again without adding anyone twice.

Writes: Campaign, Message.
"""

from django.db import connection, transaction
from django.db.models import F, FilteredRelation, Max, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from campaigns.decision import checks
from campaigns.eligibility import objections
from campaigns.models import Campaign
from preferences.consent import eligibility
from preferences.models import Address

CHUNK = 50_000

# What each row of the audience becomes. Only making a random reference differs between the databases.
INSERT = """
INSERT INTO campaigns_message (reference, campaign_id, address_id, status, skipped_because, event_id, finished_at,
                               attempts, provider_id, detail, body_digest, decision, waiting_for, local_time,
                               time_zone_source)
SELECT {reference}, %s, who, CASE WHEN {open} THEN 'queued' ELSE 'skipped' END,
       CASE WHEN {open} THEN '' ELSE objection END, say_so, CASE WHEN {open} THEN NULL ELSE %s END,
       0, '', '', '', '', '', '', ''
FROM ({judged}) AS judged
"""
# A pause or a limit of theirs may be over before the campaign is: sending decides, in the order of the decision.
OPEN = "objection IN ('', {})".format(", ".join(f"'{name}'" for name in sorted(checks.FREQUENCY_REASONS)))
REFERENCE = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}


def count_by_objection(campaign: Campaign) -> dict[str, int]:
    """How many people would get it now (under ""), and how many not, by the name of the first objection."""
    return eligibility.counts_by_objection(
        campaign.topic, campaign.channel, also=objections.campaign_objections(campaign.topic, campaign)
    )


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
    if campaign.audience_locked_at or campaign.status != Campaign.Status.SENDING:
        return None
    last = _end_of_chunk(campaign, chunk)
    if last is None:
        campaign.audience_locked_at = timezone.now()
        campaign.save(update_fields=["audience_locked_at"])
        return None
    added = _insert(campaign, _candidates(campaign).filter(pk__gt=campaign.audience_locked_up_to, pk__lte=last))
    Campaign.objects.filter(pk=campaign.pk).update(audience_locked_up_to=last)
    return added


def _end_of_chunk(campaign: Campaign, chunk: int) -> int | None:
    ids = (
        _candidates(campaign).filter(pk__gt=campaign.audience_locked_up_to).order_by("pk").values_list("pk", flat=True)
    )
    return ids[:chunk].aggregate(last=Max("pk"))["last"]


def _candidates(campaign: Campaign) -> QuerySet[Address]:
    """Every address on the channel that has a subscription to the topic, in whatever state."""
    about = FilteredRelation("subscriptions", condition=Q(subscriptions__topic=campaign.topic))
    return Address.objects.filter(channel=campaign.channel).alias(said=about).filter(said__isnull=False)


def _insert(campaign: Campaign, crowd: QuerySet[Address]) -> int:
    """The evaluation is made once per address, in the inner statement; the outer one writes it down."""
    judged = eligibility.with_objections(
        crowd, campaign.topic, also=objections.campaign_objections(campaign.topic, campaign, among=crowd)
    )
    judged = judged.annotate(who=F("pk"), say_so=Coalesce("said__granted_id", "said__event_id")).order_by("pk")
    inner, params = judged.values_list("who", "objection", "say_so").query.get_compiler(connection=connection).as_sql()
    vendor, now = connection.vendor, connection.ops.adapt_datetimefield_value(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(INSERT.format(reference=REFERENCE[vendor], open=OPEN, judged=inner), [campaign.pk, now, *params])
        return cursor.rowcount
