"""The clock's door to the office."""

from celery import shared_task

from compliance import reminders, requests


@shared_task(acks_late=True, reject_on_worker_lost=True)
def remind_reviews() -> None:
    """Remind owners of the reviews that are due."""
    reminders.remind()


@shared_task(acks_late=True, reject_on_worker_lost=True)
def settle_forgotten() -> None:
    """Close what people had asked who were forgotten by another door."""
    requests.settle_forgotten()
