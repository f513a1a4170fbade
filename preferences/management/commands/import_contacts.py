"""Import people with proof of consent from a CSV file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from preferences.errors import SaysoError
from preferences.imports import service as imports
from preferences.imports.row_outcomes import RowOutcome
from preferences.models import Basis, Import

SHOWN = 20


class Command(BaseCommand):
    help = "Checks a CSV file of contacts and says what it would change; --apply makes the changes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the CSV file, in UTF-8")
        parser.add_argument("--apply", action="store_true", help="make the changes, after checking")
        parser.add_argument("--by", metavar="USERNAME", help="the colleague on whose behalf this is done")
        parser.add_argument("--problems", type=int, default=SHOWN, help="how many problems to print (default: 20)")

    def handle(self, *, file: Path, by: str | None, problems: int, **options: Any) -> None:
        import_ = self._checked(file, _colleague(by))
        if options["apply"] and import_.status != Import.Status.REFUSED:
            import_ = self._applied(import_, _colleague(by))
        if import_.line or import_.status != Import.Status.REFUSED:
            self._report(import_, problems)
        if import_.status == Import.Status.REFUSED:
            raise CommandError(import_.problems[0]["sentence"])
        self.stdout.write(_what_next(import_))

    def _checked(self, file: Path, by: User | None) -> Import:
        try:
            with file.open("rb") as stream:
                return imports.dry_run(stream, name=file.name, by=by)
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}.") from error
        except SaysoError as error:
            raise CommandError(str(error)) from error

    def _applied(self, import_: Import, by: User | None) -> Import:
        if import_.status == Import.Status.APPLIED:
            self.stdout.write("This file was applied before. Nothing was added now; this is what it did then.")
        return imports.apply(imports.start(import_, by=by))

    def _report(self, import_: Import, most: int) -> None:
        self.stdout.write(f"{import_.file_name}: {import_.get_status_display()}")
        for outcome in RowOutcome:
            self.stdout.write(f"{import_.counts.get(outcome, 0):>8}  {outcome.label}")
        for basis in Basis:
            if count := import_.counts.get(imports.basis_count_key(basis), 0):
                self.stdout.write(f"{count:>8}  of these consents, based on: {basis.label}")
        shown = import_.problems[:most]
        for problem in shown:
            self.stdout.write(f"    line {problem['line']}: {problem['sentence']}")
        rest = len(import_.problems) - len(shown) + import_.counts.get(imports.LEFT_OUT, 0)
        if rest:
            self.stdout.write(f"    and {rest} more")


def _colleague(username: str | None) -> User | None:
    if username is None:
        return None
    try:
        return User.objects.get(username=username, is_active=True)
    except User.DoesNotExist:
        raise CommandError(f"There is no active colleague called {username}.") from None


def _what_next(import_: Import) -> str:
    if import_.status == Import.Status.CHECKED:
        return "Nothing was changed. Run it again with --apply to make these changes."
    if import_.status == Import.Status.APPLYING:
        return "Somebody else is applying this file at this moment."
    return "Applied."
