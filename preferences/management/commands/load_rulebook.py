"""Bring the rulebook up to date with the files of this version of Sayso."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from preferences.errors import SaysoError
from preferences.rulebook import rulebook_updates, toml_loader
from preferences.rulebook.rulebook_updates import RulebookUpdates, ShippedChange
from preferences.rulebook.source_positions import InvalidRulebook

BAD_FILE = 2
NEEDS_A_DECISION = 3


class Command(BaseCommand):
    help = (
        "Compares the rulebook with the files it is shipped with. A rule that is not known here yet is added; a change "
        "of a known one becomes a proposal, which a second person publishes. Harmless twice. Exit code 0: done, or "
        "nothing to do; 2: a file cannot be read as rules; 3: there are changes, and --by must say who proposes them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--by", metavar="USERNAME", help="the colleague in whose name changes are proposed")
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument("--again", action="store_true", help="propose also what was declined here before")
        parser.add_argument(
            "--folder", type=Path, default=toml_loader.SHIPPED_FOLDER, help="other files than the shipped"
        )

    def handle(self, *, by: str | None, dry_run: bool, again: bool, folder: Path, **options: Any) -> None:
        colleague = _colleague(by)
        found = self._news(folder, again=again)
        self._say(found)
        if not dry_run:
            self._do(found, colleague)
        if found.changed and colleague is None:
            self.stderr.write("Name the colleague who proposes these changes: --by USERNAME. A second person decides.")
            sys.exit(NEEDS_A_DECISION)
        if dry_run:
            self.stdout.write("Nothing was changed.")

    def _news(self, folder: Path, *, again: bool) -> RulebookUpdates:
        try:
            written = toml_loader.load_rules(folder)
        except InvalidRulebook as error:
            self.stderr.write(str(error))
            sys.exit(BAD_FILE)
        return rulebook_updates.find_updates(written, timezone.localdate(), again=again)

    def _say(self, found: RulebookUpdates) -> None:
        for versions in found.added:
            self.stdout.write(f"New: {versions[-1].name} ({versions[-1].summary})")
        for change in found.changed:
            self.stdout.write(f"Changed: {change.written.name}, from {change.begins}")
        for name in found.waiting:
            self.stdout.write(f"Waiting: {name} has an open proposal. Decide that one, then run this again.")
        for name in found.declined:
            self.stdout.write(f"Declined: {name} stays as it is here. --again proposes the change once more.")
        if found == RulebookUpdates():
            self.stdout.write("The rulebook is up to date.")

    def _do(self, found: RulebookUpdates, colleague: User | None) -> None:
        for versions in found.added:
            rulebook_updates.add_shipped(versions)
        for change in found.changed:
            if colleague:
                self._propose(change, colleague)

    def _propose(self, change: ShippedChange, colleague: User) -> None:
        try:
            proposal = rulebook_updates.propose_shipped(change, by=colleague)
        except SaysoError as error:
            self.stderr.write(f"{change.written.name}: {error}")
            return
        self.stdout.write(f"Proposed: {proposal.name}, from {proposal.effective_from}. A second person publishes it.")


def _colleague(username: str | None) -> User | None:
    if username is None:
        return None
    try:
        return User.objects.get(username=username, is_active=True)
    except User.DoesNotExist:
        raise CommandError(f"There is no active colleague called {username}.") from None
