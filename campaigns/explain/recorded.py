"""How a message was judged, read back from its row exactly as it was written down; nothing is judged anew.

The rules are those very versions, and the figures those that were recorded; a rule never changes.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from campaigns.decision import reason_labels
from campaigns.explain import check_evidence, clock_labels, field_labels, place_labels, rule_attribution
from campaigns.explain.check_answers import Fact, link
from campaigns.explain.rule_attribution import Share
from campaigns.models import Message
from preferences.models import ConsentEvent, Rule, TermsRecord
from preferences.rulebook import rule_fields, rule_labels
from preferences.rulebook import service as rules
from preferences.rulebook.effective_terms import Terms

Kind = Message.Verdict
# What a verdict looks at; the rest of the rulebook is for other rooms.
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
CONNECTED = "address__contact", "campaign__topic__sender", "judged_under", "event__notice__topic"


@dataclass(frozen=True)
class Figure:
    """What one figure came to, and the rules that decided it."""

    name: str
    label: str
    said: str
    value: Any
    shares: tuple[Share, ...]


@dataclass(frozen=True)
class Judged:
    """A verdict as it stands on the message."""

    message: Message
    said: str
    judged_at: datetime | None
    reason: str
    facts: tuple[Fact, ...]
    personal: tuple[Fact, ...]
    rules: tuple[Rule, ...]
    figures: tuple[Figure, ...]


def find(**which: object) -> Message | None:
    """The message with everything its verdict points at; one query."""
    return Message.objects.select_related(*CONNECTED).filter(**which).first()


def read(message: Message) -> Judged:
    """The verdict on this message, as it was."""
    record = message.judged_under
    used = rules.versions_used(record) if record else []
    return Judged(
        message=message,
        said=_said(message),
        judged_at=message.judged_at,
        reason=message.skipped_because or message.waiting_for,
        facts=tuple(_facts(message, record)),
        personal=tuple(_personal(message)),
        rules=tuple(used),
        figures=tuple(_figures(record, used)) if record else (),
    )


def _said(message: Message) -> str:
    """The verdict in one sentence, in the past."""
    words = {"reason": reason_labels.reason(message.skipped_because or message.waiting_for)}
    if message.judged_at is None and not message.skipped_because:
        return _("Not evaluated yet.")
    if message.status == Message.Status.SKIPPED:
        return _("No: it was skipped. Reason: %(reason)s.") % words
    if message.verdict == Kind.WAIT:
        words["moment"] = clock_labels.utc(message.wait_until) if message.wait_until else "–"
        return _("Not yet: it waits until %(moment)s. Reason: %(reason)s.") % words
    if message.verdict == Kind.SEND:
        return _("Yes: there was no exclusion reason. Current status: %(status)s.") % {
            "status": message.get_status_display()
        }
    return _("It was not checked against the rules.")


def _facts(message: Message, record: TermsRecord | None) -> Iterable[Fact]:
    at = message.judged_at or message.finished_at
    if at:
        label = _("Decided") if message.judged_at else _("When the audience was locked")
        yield Fact("judged_at", label, clock_labels.utc(at), at)
    if message.event:
        yield _say_so(message.event)
    if record:
        yield Fact("jurisdictions", _("Jurisdictions"), _places(record), record.jurisdictions)
        yield Fact("profile", _("Profile"), record.profile, record.profile)


def _say_so(event: ConsentEvent) -> Fact:
    links = [link(event, _("Open it"))]
    links += [link(event.notice, _("View consent wording"))] if event.notice else []
    return Fact("event", _("Consent event"), check_evidence.told(event), event.reference, tuple(links))


def _personal(message: Message) -> Iterable[Fact]:
    """Where they were: for those who may see people."""
    if message.local_time:
        yield Fact("local_time", _("Their local time"), message.local_time, message.local_time)
    if source := message.zone_source:
        yield Fact("zone_source", _("Time zone based on"), place_labels.source(source), source)


def _places(record: TermsRecord) -> str:
    return ", ".join(record.jurisdictions) or _("location unknown")


def _figures(record: TermsRecord, used: list[Rule]) -> Iterable[Figure]:
    """In the order of the rulebook; those that a verdict looks at first."""
    terms = recorded(record)
    looked_at = [name for name in LOOKED_AT if name in record.figures]
    for name in [*looked_at, *(name for name in record.figures if name not in looked_at)]:
        value = getattr(terms, name)
        decided = rule_attribution.deciding(used, terms, name, _parts(name, value))
        said = field_labels.value(name, value)
        yield Figure(name, rule_labels.figure(name), said, record.figures[name], tuple(decided))


def _parts(name: str, value: Any) -> list[Any]:
    if name == rule_attribution.WINDOW:
        return list(range(len(value)))
    return [value] if isinstance(value, str) else [part[0] if isinstance(part, tuple) else part for part in value]


def recorded(record: TermsRecord) -> Terms:
    """The terms as they were recorded."""
    said = {name: _value(name, plain) for name, plain in record.figures.items() if name in rule_fields.FIGURES}
    return Terms(frozenset((name, version) for name, version in record.rules), record.profile, **said)


def _value(name: str, plain: Any) -> Any:
    """The other way round from Terms.as_dict."""
    if isinstance(plain, dict):
        return tuple(sorted(plain.items()))
    if name == rule_attribution.WINDOW:
        return tuple(tuple(span) if span else None for span in plain)
    return frozenset(plain) if isinstance(plain, list) else plain
