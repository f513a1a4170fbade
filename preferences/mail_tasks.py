"""The door on the clock for mail that comes back."""

from celery import shared_task

from preferences import mailbox, tasks


@shared_task(name="preferences.mail_tasks.poll_mailbox", acks_late=True, reject_on_worker_lost=True)
def poll_mailbox() -> None:
    for address in mailbox.visit().addresses:
        tasks.answer_soon(address)
