"""What the workers do: ids in, one service called. Lost tasks cost one sweep."""

from celery import shared_task
from django.db import transaction

from campaigns.audience import breakdown
from campaigns.audience import service as audience
from campaigns.eligibility import repermission
from campaigns.models import Breakdown, Campaign
from campaigns.sending import leases, sender
from campaigns.workflow import lifecycle

PARALLEL_CHAINS = 2  # how many batches of one campaign are on their way at once


def freeze_soon(campaign: Campaign) -> None:
    """Called after a campaign was started or resumed. If the broker is down, the sweep begins it."""

    def wake() -> None:
        freeze.delay(campaign.pk)

    transaction.on_commit(wake, robust=True)


def count_breakdown_soon(row: Breakdown) -> None:
    """Called after a count by decision was asked for. If the broker is down, the sweep begins it."""

    def wake() -> None:
        count_breakdown.delay(row.pk)

    transaction.on_commit(wake, robust=True)


@shared_task(name="campaigns.tasks.start_due")
def start_due() -> None:
    """The hour of some campaigns has come."""
    for campaign in lifecycle.start_due():
        freeze.delay(campaign.pk)


@shared_task(name="campaigns.tasks.freeze")
def freeze(campaign_id: int) -> None:
    """Write the audience down, then begin sending."""
    audience.freeze(Campaign.objects.get(pk=campaign_id))
    for _chain in range(PARALLEL_CHAINS):
        send_batch.delay(campaign_id)


@shared_task(name="campaigns.tasks.send_batch")
def send_batch(campaign_id: int) -> None:
    """Send one batch, and call for the next while there is one."""
    if sender.send_batch(Campaign.objects.select_related("topic__sender").get(pk=campaign_id)):
        send_batch.delay(campaign_id)
    else:
        lifecycle.finish_if_done(campaign_id)


@shared_task(name="campaigns.tasks.expire_consents")
def expire_consents() -> None:
    """Consent that is over, and consent that nobody kept when asked, ends in the ledger too."""
    repermission.expire_due()


@shared_task(name="campaigns.tasks.count_breakdown")
def count_breakdown(row_id: int) -> None:
    """Judge a large audience, on from where another worker may have left it."""
    breakdown.run_count(Breakdown.objects.get(pk=row_id))


@shared_task(name="campaigns.tasks.recover_lost_work")
def recover_lost_work() -> None:
    """Find what lost tasks and lost workers left, and wake somebody for it."""
    leases.recover_lost_leases()
    leases.close_cancelled()
    leases.close_late()
    for campaign in Campaign.objects.sending():
        if campaign.audience_locked_at is None:
            freeze.delay(campaign.pk)
        elif not leases.is_being_sent(campaign):
            send_batch.delay(campaign.pk)
    for row in breakdown.stalled_breakdowns():
        count_breakdown.delay(row.pk)
