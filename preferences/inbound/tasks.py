"""The scheduled task for mail that comes back."""

from celery import shared_task

from preferences import tasks
from preferences.inbound import imap_poll


@shared_task(name="preferences.inbound.tasks.poll_mailbox", acks_late=True, reject_on_worker_lost=True)
def poll_mailbox() -> None:
    for address in imap_poll.poll_once().addresses:
        tasks.deliver_soon(address)
