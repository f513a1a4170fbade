"""Read the mailbox now, and say what was found."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from preferences import tasks
from preferences.inbound import imap_poll


class Command(BaseCommand):
    help = (
        "Reads what came back by mail: ways out, bounces, complaints, people's words. The clock does it every minute."
    )

    def handle(self, **options: Any) -> None:
        visit = imap_poll.poll_once()
        for address in visit.addresses:
            tasks.deliver_soon(address)
        for inbound in visit.taken:
            self.stdout.write(f"{inbound.get_meaning_display()}: {inbound.outcome_label}")
        if visit.trouble:
            raise CommandError(str(visit))
        self.stdout.write(str(visit))
