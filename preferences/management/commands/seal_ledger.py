"""Seal what was said since the last checkpoint, and show the checkpoint and the public key to check it with."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from preferences.models import Checkpoint
from preferences.proof import transparency_log


class Command(BaseCommand):
    help = "Seals the ledger and prints the latest checkpoint: keep it outside, and it proves what stood here then."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--key", action="store_true", help="print only the public key")

    def handle(self, **options: Any) -> None:
        if options["key"]:
            self.stdout.write(transparency_log.public_key())
            return
        while transparency_log.seal_next_events():
            continue
        latest = Checkpoint.objects.first()
        self.stdout.write(latest.note if latest else "Nothing was said yet, so there is nothing to seal.")
