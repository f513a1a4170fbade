"""The rulebook as it stands: which versions are in force, and what they come to together. Reads only.

Whoever evaluates many messages asks for the book once; it is remembered until something is published.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.conf import settings
from django.db.models import Count, Window

from preferences.geo import holidays, territories
from preferences.models import Rule
from preferences.models.rules import ANY
from preferences.rulebook import effective_terms
from preferences.rulebook.effective_terms import EffectiveTerms

ELSEWHERE = "*"
WEST, EAST = timedelta(hours=12), timedelta(hours=14)

Question = tuple[frozenset[str], str, str, date]  # where, on which channel, for what, on which day


@dataclass(frozen=True)
class Rulebook:
    """All rules of one moment, and the terms they come to; terms are worked out once for each question."""

    rules: tuple[Rule, ...]
    profile: str
    _known: dict[Question, EffectiveTerms] = field(default_factory=dict, compare=False)
    _turning: dict[tuple[Question, ...], EffectiveTerms] = field(default_factory=dict, compare=False)

    def terms(self, jurisdictions: frozenset[str], channel: str, purpose: str, day: date) -> EffectiveTerms:
        """What holds in all these places together, on this channel, for this purpose, on this day (UTC)."""
        question = (jurisdictions, channel, purpose, day)
        if question not in self._known:
            rows = self.in_force(jurisdictions, channel, purpose, day)
            found = effective_terms.strictest_terms(self.said(rule) for rule in rows)
            spoken_of = {rule.jurisdiction for rule in rows} - {ELSEWHERE}
            theirs = frozenset(filter(holidays.is_known_calendar, _uncovered(jurisdictions, spoken_of)))
            self._known[question] = replace(found, holidays=found.holidays | theirs)
        return self._known[question]

    def at(self, jurisdictions: frozenset[str], channel: str, purpose: str, moment: datetime) -> EffectiveTerms:
        """What holds at this moment: of all days that it is anywhere on earth, the strictest.

        So a version begins with the first place where its day has come, if it is stricter than the one before, and
        with the last one if it is looser.
        """
        days = _days(moment)
        terms = [self.terms(jurisdictions, channel, purpose, day) for day in days]
        if all(one.rules == terms[0].rules for one in terms):
            return terms[0]
        question = tuple((jurisdictions, channel, purpose, day) for day in days)
        if question not in self._turning:
            self._turning[question] = effective_terms.strictest_terms(terms)
        return self._turning[question]

    def in_force_at(self, jurisdictions: frozenset[str], channel: str, purpose: str, moment: datetime) -> list[Rule]:
        """The versions that `at` comes from."""
        found = [self.in_force(jurisdictions, channel, purpose, day) for day in _days(moment)]
        return list(dict.fromkeys(rule for rows in found for rule in rows))

    def in_force(self, jurisdictions: frozenset[str], channel: str, purpose: str, day: date) -> list[Rule]:
        """The versions in force, one of each rule; a country without a rule of its own is evaluated by the default."""
        asked = [rule for rule in self.rules if rule.channel in (channel, ANY) and rule.purpose == purpose]
        standing = current_versions(asked, day)
        found = [rule for rule in standing if rule.jurisdiction in jurisdictions]
        if _uncovered(jurisdictions, {rule.jurisdiction for rule in found}) or (jurisdictions and not found):
            found += [rule for rule in standing if rule.jurisdiction == ELSEWHERE and rule not in found]
        return found

    def said(self, rule: Rule) -> EffectiveTerms:
        """What one rule says by itself, under this book's profile."""
        return EffectiveTerms.of(rule.name, rule.version, rule.figures, profile=self.profile)

    def instead(self, rule: Rule) -> "Rulebook":
        """The same book with one more version, as if it were published."""
        return Rulebook((*self.rules, rule), self.profile)


def current_rulebook(profile: str = "") -> Rulebook:
    """The rulebook as it stands now. One short query; the rest is remembered until something is published.

    Rows are counted, too: of two that are published at once the one with the smaller number may be seen last.
    """
    rows = Rule.objects.order_by("-pk").annotate(many=Window(Count("pk")))
    newest = rows.values_list("pk", "digest", "published_at", "many").first()
    return _cached_rulebook(newest, profile or settings.RULE_PROFILE)


@lru_cache(maxsize=4)
def _cached_rulebook(newest: tuple | None, profile: str) -> Rulebook:
    return Rulebook(tuple(Rule.objects.order_by("name", "version")), profile)


def current_versions(rows: Iterable[Rule], day: date) -> list[Rule]:
    """Of each rule the newest version that has begun, unless it has ended."""
    begun: dict[str, Rule] = {}
    for rule in rows:
        if rule.effective_from <= day and (rule.name not in begun or _order(rule) > _order(begun[rule.name])):
            begun[rule.name] = rule
    return [rule for rule in begun.values() if rule.effective_to is None or day <= rule.effective_to]


def _order(rule: Rule) -> tuple[date, int]:
    return rule.effective_from, rule.version


def _uncovered(jurisdictions: frozenset[str], found: set[str]) -> set[str]:
    """The countries among these that no rule speaks of by itself; the default keeps their holidays."""
    countries = {name.partition("-")[0] for name in jurisdictions} - {"EU"}
    return {country for country in countries if not ({country} | territories.rulebook_names(country)) & found}


def _days(moment: datetime) -> tuple[date, ...]:
    """The days that it is somewhere at this moment, from Baker Island to Kiritimati."""
    return tuple(sorted({(moment - WEST).date(), moment.date(), (moment + EAST).date()}))
