"""Recompute everything from the ledger and name each difference. Changes nothing."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from preferences import ledger
from preferences.ledger import Difference

PROJECTION_DIFFERS = 6
EVIDENCE_ALTERED = 2


class Command(BaseCommand):
    help = "Recomputes every subscription from the ledger and checks every proof. Exit code 6: a subscription differs; "
    help += "2: a proof was altered or is missing; 0: everything follows from what people said."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, **options: Any) -> None:
        found: set[str] = set()
        for difference in ledger.verify():
            found.add(difference.about)
            self.stdout.write(json.dumps(difference.as_dict()) if options["json"] else str(difference))
        if Difference.EVIDENCE in found:
            sys.exit(EVIDENCE_ALTERED)
        if Difference.PROJECTION in found:
            sys.exit(PROJECTION_DIFFERS)
        if not options["json"]:
            self.stdout.write("Every subscription follows from the ledger, and every proof holds.")
