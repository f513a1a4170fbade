"""The rulebook: which rules are in force, what they come to together, and how one is changed.

A rule is never edited: a change is proposed by one colleague, published by another as the next version, and takes
effect on its day by itself. `book()` is the rulebook as it stands (book.py).

Writes: AppliedRules, Rule, RuleProposal.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from preferences import audit
from preferences.errors import NotAllowed
from preferences.geo import holidays, territories
from preferences.models import AppliedRules, Channel, Rule, RuleProposal
from preferences.models.rules import ANY
from preferences.rulebook import book as rulebook
from preferences.rulebook import effective_terms, rule_labels
from preferences.rulebook.book import ELSEWHERE, current_rulebook
from preferences.rulebook.effective_terms import EffectiveTerms

ProposalStatus = RuleProposal.Status
FRAME_FIELDS = ["jurisdiction", "jurisdiction_name", "channel", "purpose", "effective_from", "effective_to", "figures"]
SCOPE_FIELDS = ["jurisdiction", "channel", "purpose"]
DIGEST_FIELDS = ["effective_to", "summary", "figures"]
PROPOSAL_FIELDS = [*FRAME_FIELDS, "name", "summary", "reviewed_on", "reviewed_by", "reason"]


def rule_digest(rule: Rule | RuleProposal) -> str:
    """SHA-256 of what a rule says; two rules that say the same have the same."""
    said = json.dumps([getattr(rule, name) for name in FRAME_FIELDS], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


def check_fields(figures: Mapping[str, Mapping[str, Any]]) -> None:
    """Raises NotAllowed or BadFigure, in a sentence, for figures that nobody could be evaluated by."""
    if not figures:
        raise NotAllowed(_("This rule has no values. Add at least one."))
    for name, entry in figures.items():
        _check_entry(rule_labels.field_label(name), entry)
    terms = EffectiveTerms.of("", 0, figures, profile=effective_terms.STRICT)
    if terms.window is not None and not any(terms.window[:7]):
        raise NotAllowed(_("These hours never allow sending. Allow at least one day."))
    if unknown := [name for name in sorted(terms.holidays) if not holidays.is_known_calendar(name)]:
        sentence = _("“%(name)s” is not a public holiday calendar. Write a country or a state, like FR or US-MS.")
        raise NotAllowed(sentence % {"name": unknown[0]})


def _check_entry(label: str, entry: Mapping[str, Any]) -> None:
    if not str(entry.get("reference", "")).strip():
        raise NotAllowed(_("Give the source of “%(name)s”: the article or paragraph it comes from.") % {"name": label})
    if not entry.keys() & {effective_terms.LEGAL, effective_terms.STRICT}:
        raise NotAllowed(_("“%(name)s” has no value. Write a legal limit, a strict value or both.") % {"name": label})


def published_version(name: str, day: date) -> Rule | None:
    """The version of this rule that holds on that day, as published until now."""
    return version_on(Rule.objects.filter(name=name), day)


def version_on(versions: Iterable[Rule], day: date) -> Rule | None:
    """Of the versions of one rule the one that holds on that day."""
    return next(iter(rulebook.current_versions(versions, day)), None)


@transaction.atomic
def propose(words: Mapping[str, Any], *, based_on: Rule | None = None, by: User) -> RuleProposal:
    """Ask for a change of the rulebook, or for a new rule. Raises NotAllowed with what is missing.

    `words` are the fields of a rule; `reason` says why.
    """
    proposal = RuleProposal(
        **{name: words[name] for name in PROPOSAL_FIELDS if name in words}, based_on=based_on, proposed_by=by
    )
    if not proposal.reason.strip():
        raise NotAllowed(_("Enter the reason for the change."))
    _check_days(proposal)
    _check_against(proposal, Rule.objects.filter(name=proposal.name).last())
    check_fields(proposal.figures)
    try:
        with transaction.atomic():
            return _saved(proposal, by=by)
    except IntegrityError as error:
        raise NotAllowed(
            _("Another change to this rule is already waiting for approval. Decide on that one first.")
        ) from error


def _check_days(proposal: RuleProposal) -> None:
    if proposal.effective_from < timezone.localdate():
        raise NotAllowed(_("A rule cannot take effect in the past. Choose today or a later date."))
    if proposal.effective_to and proposal.effective_to < proposal.effective_from:
        raise NotAllowed(_("The end date is before the start date. Correct one of them."))
    _check_end(proposal)


def _check_end(proposal: RuleProposal) -> None:
    """After a country's rule comes the default; after the default nothing would come."""
    if proposal.effective_to and proposal.jurisdiction == ELSEWHERE:
        raise NotAllowed(
            _("The default rule for everywhere else cannot end: no rule would apply after it. Clear its end date.")
        )


def _check_against(proposal: RuleProposal, known: Rule | None) -> None:
    """A version is about the same place, channel and purpose as those before it, and says something else."""
    if RuleProposal.objects.open().filter(name=proposal.name).exists():
        raise NotAllowed(_("Another change to this rule is already waiting for approval. Decide on that one first."))
    if known and any(getattr(known, name) != getattr(proposal, name) for name in SCOPE_FIELDS):
        raise NotAllowed(_("Another rule already has this name. Choose a different name."))
    until_then = published_version(proposal.name, proposal.effective_from)
    if until_then and all(getattr(until_then, name) == getattr(proposal, name) for name in DIGEST_FIELDS):
        raise NotAllowed(_("This is the same as the current rule. Change something first."))


@transaction.atomic
def publish(proposal: RuleProposal, *, by: User) -> Rule:
    """Make it the next version. Nobody publishes what they proposed; nothing takes effect in the past."""
    proposal = _undecided(proposal, by=by)
    if proposal.effective_from < timezone.localdate():
        raise NotAllowed(_("The date it takes effect has passed. Decline it, and propose it again with a future date."))
    _check_end(proposal)
    check_fields(proposal.figures)
    words = {name: getattr(proposal, name) for name in PROPOSAL_FIELDS}
    rule = Rule(**words, version=_next_version(proposal.name), proposed_by=proposal.proposed_by, published_by=by)
    rule.digest = rule_digest(rule)
    rule.save()
    _decide(proposal, ProposalStatus.PUBLISHED, by=by, rule=rule)
    return rule


@transaction.atomic
def decline(proposal: RuleProposal, *, by: User, reason: str) -> RuleProposal:
    """Not like this, and why; the rule stays as it is."""
    proposal = _undecided(proposal, by=by)
    if not reason.strip():
        raise NotAllowed(_("Enter the reason for declining."))
    return _decide(proposal, ProposalStatus.DECLINED, by=by, reason=reason.strip())


@transaction.atomic
def add_shipped_rule(versions: Iterable[Mapping[str, Any]]) -> list[Rule]:
    """Add a rule that Sayso is shipped with and that nobody here has yet; all its versions. Harmless twice."""
    rows = [Rule(**words, version=number) for number, words in enumerate(versions, start=1)]
    if Rule.objects.filter(name__in={row.name for row in rows}).exists():
        return []
    for row in rows:
        row.digest = rule_digest(row)
    return Rule.objects.bulk_create(rows, ignore_conflicts=True)


def rule_from_proposal(proposal: RuleProposal) -> Rule:
    """The rule it would become; not saved."""
    words = {name: getattr(proposal, name) for name in PROPOSAL_FIELDS}
    return Rule(**words, version=_next_version(proposal.name), digest=rule_digest(proposal))


def displaced_defaults(proposal: RuleProposal) -> list[Rule]:
    """The rules of the default that hold there until then, and not any more once the place has one of its own."""
    places = territories.rulebook_names(proposal.jurisdiction.partition("-")[0]) | {proposal.jurisdiction}
    found: list[Rule] = []
    now = current_rulebook()
    then = now.instead(rule_from_proposal(proposal))
    for channel in [*Channel.values, ANY] if proposal.channel == ANY else [proposal.channel]:
        asked = (places, channel, proposal.purpose, proposal.effective_from)
        kept = then.in_force(*asked)
        found += [rule for rule in now.in_force(*asked) if rule not in kept and rule.jurisdiction == ELSEWHERE]
    return [] if proposal.jurisdiction == ELSEWHERE else list(dict.fromkeys(found))


def applied_rules_for(jurisdictions: frozenset[str], channel: str, purpose: str, terms: EffectiveTerms) -> AppliedRules:
    """The row that stands for these terms; made when they are used for the first time."""
    words = {
        "profile": terms.profile,
        "jurisdictions": sorted(jurisdictions),
        "channel": channel,
        "purpose": purpose,
        "rules": [list(rule) for rule in sorted(terms.rules)],
        "figures": terms.as_dict(),
    }
    key = hashlib.sha256(json.dumps(words, sort_keys=True).encode()).hexdigest()
    return AppliedRules.objects.get_or_create(digest=key, defaults=words)[0]


def applied_rule_versions(record: AppliedRules) -> list[Rule]:
    """The very rules that a message was evaluated by."""
    wanted = {tuple(rule) for rule in record.rules}
    rows = Rule.objects.filter(name__in={name for name, _version in wanted})
    return [rule for rule in rows if (rule.name, rule.version) in wanted]


def _undecided(proposal: RuleProposal, *, by: User) -> RuleProposal:
    proposal = RuleProposal.objects.select_for_update(of=["self"]).get(pk=proposal.pk)
    if proposal.status != ProposalStatus.OPEN:
        raise NotAllowed(_("This proposal has already been decided."))
    if proposal.proposed_by_id == by.pk:
        raise NotAllowed(_("A rule must be published by someone other than the person who proposed it."))
    return proposal


def _decide(
    proposal: RuleProposal, status: str, *, by: User, rule: Rule | None = None, reason: str = ""
) -> RuleProposal:
    proposal.status, proposal.rule = status, rule
    proposal.decided_by, proposal.decided_at, proposal.decided_because = by, timezone.now(), reason
    return _saved(proposal, by=by)


def _saved(proposal: RuleProposal, *, by: User) -> RuleProposal:
    audit.save_with_history(proposal, by=by)
    return proposal


def _next_version(name: str) -> int:
    return (Rule.objects.filter(name=name).aggregate(latest=Max("version"))["latest"] or 0) + 1
