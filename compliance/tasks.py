"""The clock's door to the office."""

from celery import shared_task
from django.db import transaction

from compliance.forecasts import service as forecasts
from compliance.models import Forecast
from compliance.policies import review_reminders
from compliance.requests import service as requests


def count_forecast_soon(row: Forecast) -> None:
    """Called after a forecast was asked for. If the broker is down, the next look for lost ones counts it."""

    def wake() -> None:
        count_forecast.delay(row.pk)

    transaction.on_commit(wake, robust=True)


@shared_task(acks_late=True, reject_on_worker_lost=True)
def send_review_reminders() -> None:
    """Remind owners of the reviews that are due."""
    review_reminders.send_due_reminders()


@shared_task(acks_late=True, reject_on_worker_lost=True)
def close_requests_of_erased() -> None:
    """Close what people had asked who were forgotten by another door."""
    requests.close_for_erased()


@shared_task(acks_late=True, reject_on_worker_lost=True)
def count_forecast(row_id: int) -> None:
    """Look ahead for many people, on from where another worker may have left it."""
    forecasts.run_count(Forecast.objects.select_related("proposal").get(pk=row_id))


@shared_task(acks_late=True, reject_on_worker_lost=True)
def resume_forecasts() -> None:
    """Go on with what a lost worker left."""
    for row in forecasts.stalled_forecasts():
        count_forecast.delay(row.pk)
