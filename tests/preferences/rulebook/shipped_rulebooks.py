"""The rulebook as it is shipped, under each profile, without a database."""

from preferences.models import Rule
from preferences.rulebook import toml_loader
from preferences.rulebook.book import Rulebook
from preferences.rulebook.effective_terms import LEGAL, STRICT


def shipped_rules():
    """Each version of each rule, numbered as it will be in its table."""
    latest: dict[str, int] = {}
    for written in toml_loader.load_rules():
        latest[written.name] = latest.get(written.name, 0) + 1
        yield Rule(**vars(written), version=latest[written.name])


BOOKS = {profile: Rulebook(tuple(shipped_rules()), profile) for profile in (LEGAL, STRICT)}
