"""Changes of the rulebook, for tests: a version of a rule with something said otherwise."""

from copy import deepcopy
from datetime import timedelta

from django.utils import timezone

from preferences.models import Rule
from preferences.rulebook import service as rules

HOURS = {"mon-fri": "10:00-18:00", "sat-sun": "closed"}


def newest(name):
    return Rule.objects.get(name=name, version=1)


def words(name, /, **said):
    """What the first version of this rule says, from tomorrow, with a narrower window."""
    rule = newest(name)
    kept = {word: deepcopy(getattr(rule, word)) for word in rules.PROPOSAL_FIELDS}
    kept["figures"].setdefault("window", {"reference": "Somewhere", "evidence": "S"})["strict"] = HOURS
    day = timezone.localdate() + timedelta(days=1)
    return {**kept, "effective_from": day, "reason": "Counsel asked for it", **said}


def propose(name, /, *, by, **said):
    return rules.propose(words(name, **said), based_on=newest(name), by=by)


def publish(name, /, *, by, second, **said):
    """Proposed by one and published by another."""
    return rules.publish(propose(name, by=by, **said), by=second)
