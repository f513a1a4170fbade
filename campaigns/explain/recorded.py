"""How a message was evaluated, read back from its row exactly as it was written down; nothing is evaluated anew.

The rules are those very versions, and the figures those that were recorded; a rule never changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from campaigns.decision import reason_labels
from campaigns.explain import check_evidence, clock_labels, field_labels, place_labels, rule_attribution
from campaigns.explain.check_answers import Fact, admin_link
from campaigns.explain.rule_attribution import RuleAttribution
from campaigns.models import Message
from preferences.models import AppliedRules, ConsentEvent, Rule
from preferences.rulebook import rule_fields, rule_labels
from preferences.rulebook import service as rules
from preferences.rulebook.effective_terms import EffectiveTerms

DecisionKind = Message.Decision
# What a decision looks at; the rest of the rulebook is for other rooms.
LOOKED_AT = (
    "consent",
    "health_consent",
    "records_consent",
    "bases",
    "repermission",
    "minimum_age",
    "caps",
    "window",
    "holidays",
    "content",
    "labels",
    "segments",
    "characters",
)
CONNECTED = "address__contact", "campaign__topic__sender", "applied_rules", "event__notice__topic"


@dataclass(frozen=True)
class DecidedField:
    """What one figure came to, and the rules that decided it."""

    name: str
    label: str
    said: str
    value: Any
    shares: tuple[RuleAttribution, ...]


@dataclass(frozen=True)
class RecordedDecision:
    """A decision as it stands on the message."""

    message: Message
    said: str
    decided_at: datetime | None
    reason: str
    facts: tuple[Fact, ...]
    personal: tuple[Fact, ...]
    rules: tuple[Rule, ...]
    figures: tuple[DecidedField, ...]


def messages_with_decision(**which: object) -> Message | None:
    """The message with everything its decision points at; one query."""
    return Message.objects.select_related(*CONNECTED).filter(**which).first()


def read_decision(message: Message) -> RecordedDecision:
    """The decision on this message, as it was."""
    record = message.applied_rules
    used = rules.applied_rule_versions(record) if record else []
    return RecordedDecision(
        message=message,
        said=_decision_sentence(message),
        decided_at=message.decided_at,
        reason=message.skipped_because or message.waiting_for,
        facts=tuple(_facts(message, record)),
        personal=tuple(_personal(message)),
        rules=tuple(used),
        figures=tuple(_figures(record, used)) if record else (),
    )


def _decision_sentence(message: Message) -> str:
    """The decision in one sentence, in the past."""
    words = {"reason": reason_labels.reason_label(message.skipped_because or message.waiting_for)}
    if message.decided_at is None and not message.skipped_because:
        return _("Not evaluated yet.")
    if message.status == Message.Status.SKIPPED:
        return _("No: it was skipped. Reason: %(reason)s.") % words
    if message.decision == DecisionKind.WAIT:
        words["moment"] = clock_labels.utc_label(message.wait_until) if message.wait_until else "–"
        return _("Not yet: it waits until %(moment)s. Reason: %(reason)s.") % words
    if message.decision == DecisionKind.SEND:
        return _("Yes: there was no exclusion reason. Current status: %(status)s.") % {
            "status": message.get_status_display()
        }
    return _("It was not checked against the rules.")


def _facts(message: Message, record: AppliedRules | None) -> Iterable[Fact]:
    at = message.decided_at or message.finished_at
    if at:
        label = _("Decided") if message.decided_at else _("When the audience was locked")
        yield Fact("decided_at", label, clock_labels.utc_label(at), at)
    if message.event:
        yield _consent_fact(message.event)
    if record:
        yield Fact("jurisdictions", _("Jurisdictions"), _places(record), record.jurisdictions)
        yield Fact("profile", _("Profile"), record.profile, record.profile)


def _consent_fact(event: ConsentEvent) -> Fact:
    links = [admin_link(event, _("Open it"))]
    links += [admin_link(event.notice, _("View consent wording"))] if event.notice else []
    return Fact("event", _("Consent event"), check_evidence.event_line(event), event.reference, tuple(links))


def _personal(message: Message) -> Iterable[Fact]:
    """Where they were: for those who may see people."""
    if message.local_time:
        yield Fact("local_time", _("Their local time"), message.local_time, message.local_time)
    if source := message.time_zone_source:
        yield Fact("time_zone_source", _("Time zone based on"), place_labels.source_label(source), source)


def _places(record: AppliedRules) -> str:
    return ", ".join(record.jurisdictions) or _("location unknown")


def _figures(record: AppliedRules, used: list[Rule]) -> Iterable[DecidedField]:
    """In the order of the rulebook; those that a decision looks at first."""
    terms = recorded_terms(record)
    looked_at = [name for name in LOOKED_AT if name in record.figures]
    for name in [*looked_at, *(name for name in record.figures if name not in looked_at)]:
        value = getattr(terms, name)
        decided = rule_attribution.deciding_rules(used, terms, name, _parts(name, value))
        said = field_labels.value_label(name, value)
        yield DecidedField(name, rule_labels.field_label(name), said, record.figures[name], tuple(decided))


def _parts(name: str, value: Any) -> list[Any]:
    if name == rule_attribution.WINDOW:
        return list(range(len(value)))
    return [value] if isinstance(value, str) else [part[0] if isinstance(part, tuple) else part for part in value]


def recorded_terms(record: AppliedRules) -> EffectiveTerms:
    """The terms as they were recorded."""
    said = {name: _value(name, plain) for name, plain in record.figures.items() if name in rule_fields.RULE_FIELDS}
    return EffectiveTerms(frozenset((name, version) for name, version in record.rules), record.profile, **said)


def _value(name: str, plain: Any) -> Any:
    """The other way round from Terms.as_dict."""
    if isinstance(plain, dict):
        return tuple(sorted(plain.items()))
    if name == rule_attribution.WINDOW:
        return tuple(tuple(span) if span else None for span in plain)
    return frozenset(plain) if isinstance(plain, list) else plain
