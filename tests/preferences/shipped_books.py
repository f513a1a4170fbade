"""The rulebook as it is shipped, under each profile, without a database."""

from preferences import rulebook_files
from preferences.models import Rule
from preferences.rules import Book
from preferences.strictest import LEGAL, STRICT


def shipped_rules():
    """Each version of each rule, numbered as it will be in its table."""
    latest: dict[str, int] = {}
    for written in rulebook_files.read():
        latest[written.name] = latest.get(written.name, 0) + 1
        yield Rule(**vars(written), version=latest[written.name])


BOOKS = {profile: Book(tuple(shipped_rules()), profile) for profile in (LEGAL, STRICT)}
