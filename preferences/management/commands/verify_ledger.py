"""Recompute everything from the ledger and name each difference. Changes nothing."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from preferences.proof import ledger_verification, transparency_log
from preferences.proof.ledger_verification import Difference

PROJECTION_DIFFERS = 6
EVIDENCE_ALTERED = 2
SEAL_BROKEN = 3


class Command(BaseCommand):
    help = (
        "Recomputes every subscription from the ledger, checks every proof and every seal. Exit code 6: a subscription "
        "differs; 2: a proof was altered or is missing; 3: the ledger is not what was sealed; 0: all is well."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object a line")

    def handle(self, **options: Any) -> None:
        found: set[str] = set()
        for difference in ledger_verification.verify():
            found.add(difference.about)
            self.stdout.write(json.dumps(difference.as_dict()) if options["json"] else str(difference))
        for fault in transparency_log.find_faults():
            found.add("seal")
            self.stdout.write(json.dumps({"about": "seal", "fault": fault}) if options["json"] else fault)
        if "seal" in found:
            sys.exit(SEAL_BROKEN)
        if Difference.EVIDENCE in found:
            sys.exit(EVIDENCE_ALTERED)
        if Difference.PROJECTION in found:
            sys.exit(PROJECTION_DIFFERS)
        if not options["json"]:
            self.stdout.write("Every subscription follows from the ledger, every proof holds, every seal is whole.")
