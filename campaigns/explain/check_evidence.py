"""What each check of the decision looked at, in words and values, with the rows behind it. Reads nothing."""

from collections.abc import Callable
from datetime import timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.decision import checks
from campaigns.explain import clock_labels, explanation_case, field_labels
from campaigns.explain.check_answers import Fact, Link, admin_link
from campaigns.explain.explanation_case import ExplanationCase
from campaigns.models import LintOverride
from preferences.geo import calendar_math
from preferences.models import Basis, ConsentEvent, Suppression
from preferences.rulebook import consent_requirements, sending_hours

SPANS = {"hours24": timedelta(hours=24), "week": timedelta(days=7), "month": timedelta(days=30)}


def evidence_for(name: str, case: ExplanationCase) -> tuple[Fact, ...]:
    """The facts behind one check."""
    return tuple(EVIDENCE_BY_CHECK[name](case)) if name in EVIDENCE_BY_CHECK else ()


def _emergency_stop(case: ExplanationCase) -> list[Fact]:
    if case.switch is None:
        return []
    words = {
        "who": case.switch.activated_by,
        "at": clock_labels.utc_label(case.switch.activated_at),
        "reason": case.switch.reason,
    }
    said = _("%(who)s paused all sending on %(at)s: %(reason)s") % words
    return [
        Fact(
            "stop_switch", _("Emergency stop"), said, case.switch.activated_at, (admin_link(case.switch, _("Open it")),)
        )
    ]


def _end(case: ExplanationCase) -> list[Fact]:
    if case.question.campaign is None:
        return []
    ends = case.facts.ends_at
    said = clock_labels.utc_label(ends) if ends else _("Not set: seven days after the start.")
    return [Fact("ends_at", _("Campaign ends"), said, ends)]


def _suppression(case: ExplanationCase) -> list[Fact]:
    return [_suppression_fact(row) for row in case.suppressions]


def _suppression_fact(row: Suppression) -> Fact:
    words = {
        "reason": row.get_reason_display(),
        "scope": row.get_scope_display(),
        "since": clock_labels.utc_label(row.since),
        "detail": row.detail_label or "–",
    }
    said = _("%(reason)s (%(scope)s), since %(since)s: %(detail)s") % words
    return Fact("suppression", _("Suppression"), said, row.reason, (admin_link(row, _("Open it")),))


def _restriction(case: ExplanationCase) -> list[Fact]:
    since = case.address.contact.restricted_at
    return [Fact("restricted_at", _("Restricted"), clock_labels.utc_label(since), since)] if since else []


def _consent(case: ExplanationCase) -> list[Fact]:
    subscription, yes = case.subscription, case.yes
    said = _("No consent events for this topic.")
    if subscription is None:
        return [Fact("subscription", _("Status"), said, None)]
    latest = (admin_link(subscription.event, event_line(subscription.event)),)
    facts = [Fact("subscription", _("Status"), subscription.get_status_display(), subscription.status, latest)]
    facts += _grant_facts(yes) if yes else []
    if subscription.expires_at:
        facts.append(
            Fact("expires_at", _("Expires"), clock_labels.utc_label(subscription.expires_at), subscription.expires_at)
        )
    return facts + (_flags(case) if yes else []) + [_history_facts(case)]


def _history_facts(case: ExplanationCase) -> Fact:
    """What was said about this topic or about everything, newest first."""
    said = ngettext("%(number)s entry", "%(number)s entries", len(case.story)) % {"number": len(case.story)}
    links = tuple(admin_link(event, event_line(event)) for event in case.story)
    return Fact("ledger", _("Latest ledger entries"), said, [event.reference for event in case.story], links)


def event_line(event: ConsentEvent) -> str:
    """One event in a line: what, by which door, when."""
    return f"{event.get_kind_display()} · {event.get_source_display()} · {clock_labels.day_label(event.occurred_at)}"


def _grant_facts(yes: ConsentEvent) -> list[Fact]:
    words = {
        "how": yes.get_method_display(),
        "door": yes.get_source_display(),
        "at": clock_labels.utc_label(yes.occurred_at),
    }
    said = _("%(how)s, via %(door)s, on %(at)s") % words
    if yes.by:
        said = _("%(said)s, recorded by %(who)s") % {"said": said, "who": yes.by}
    facts = [Fact("granted", _("Consent given"), said, yes.reference, (admin_link(yes, _("Open it")),))]
    notice = _("None on record.")
    facts.append(
        Fact("notice", _("Consent wording"), str(yes.notice), yes.notice.version, (admin_link(yes.notice, _("View")),))
        if yes.notice
        else Fact("notice", _("Consent wording"), notice)
    )
    if yes.form:
        facts.append(Fact("form", _("Consent form"), str(yes.form), yes.form_id, (admin_link(yes.form, _("View")),)))
    return facts


def _flags(case: ExplanationCase) -> list[Fact]:
    missing = checks.missing_flags(case.facts, case.terms)
    asked = consent_requirements.required_flags(
        case.terms,
        basis=case.facts.basis,
        reveals_health=case.facts.reveals_health,
        uses_health_records=case.facts.uses_health_records,
    )
    met, none = asked - missing, _("nothing")
    facts = [Fact("demands_met", _("Required and met"), field_labels.flags_label(met) or none, sorted(met))]
    if missing:
        facts.append(
            Fact("demands_missing", _("Required and missing"), field_labels.flags_label(missing), sorted(missing))
        )
    return facts


def _clock(case: ExplanationCase) -> list[Fact]:
    basis, since = case.facts.basis, case.facts.basis_on
    if case.yes is None:
        return []
    facts = [Fact("basis", _("Basis of the consent"), str(Basis(basis).label), basis)]
    if since:
        facts.append(Fact("basis_on", _("Since"), clock_labels.day_label(since), since))
    if ends := consent_requirements.basis_expires_on(case.terms, basis, since):
        facts.append(Fact("clock_ends", _("No longer valid from"), clock_labels.day_label(ends), ends))
    return facts


def _repermission(case: ExplanationCase) -> list[Fact]:
    said_on = case.facts.consented_on
    if said_on is None:
        return []
    facts = [Fact("consented_on", _("Last consent or renewal"), clock_labels.day_label(said_on), said_on)]
    if ends := consent_requirements.renewal_due_on(case.terms, said_on):
        facts.append(Fact("ask_again_from", _("Renewal needed from"), clock_labels.day_label(ends), ends))
    return facts


def _age(case: ExplanationCase) -> list[Fact]:
    least = required_age(case)
    born = case.facts.born_on
    facts = [Fact("minimum_age", _("Minimum age"), field_labels.years_label(least), least)] if least else []
    if born:
        age = calendar_math.age_on(born, case.at.date())
        return [*facts, Fact("age", _("Their age"), field_labels.years_label(age), age)]
    return [*facts, Fact("age", _("Their age"), _("Not provided."))]


def required_age(case: ExplanationCase) -> int:
    """The higher of the topic's minimum age and that of the rules; 0 is none."""
    return max(case.facts.minimum_age or 0, dict(case.terms.minimum_age or ()).get("years", 0))


def _caps(case: ExplanationCase) -> list[Fact]:
    """Each cap with what counts against it, then the messages themselves."""
    caps = dict(case.terms.caps or ())
    facts = [_cap(case, span, caps[span]) for span in field_labels.SPANS if span in caps]
    rows = [row for row in case.counted if row.channel == case.question.channel and row.purpose == case.topic.purpose]
    links = tuple(_message(row) for row in rows if (row.sent_to_provider_at or case.at) <= case.at)
    said = ngettext("%(number)s message in 31 days", "%(number)s messages in 31 days", len(links))
    return [*facts, Fact("counted", _("Messages received"), said % {"number": len(links)}, len(links), links)]


def _cap(case: ExplanationCase, span: str, most: int) -> Fact:
    got = len(counted_in_span(case, span))
    said = _("%(got)s received, %(most)s") % {"got": got, "most": field_labels.cap_label(span, most)}
    return Fact(f"cap_{span}", _("Cap"), said, {"got": got, "most": most})


def counted_in_span(case: ExplanationCase, span: str) -> list:
    """The moments that count against this cap."""
    if span != "day":
        return [moment for moment in case.facts.sent if moment > case.at - SPANS[span]]
    return max((_same_day(case, ZoneInfo(name)) for name in case.facts.place.zones or ("UTC",)), key=len)


def _same_day(case: ExplanationCase, zone: ZoneInfo) -> list:
    today = case.at.astimezone(zone).date()
    return [moment for moment in case.facts.sent if moment.astimezone(zone).date() == today]


def _message(row: explanation_case.CountedMessage) -> Link:
    words = {
        "campaign": row.campaign,
        "at": clock_labels.utc_label(row.sent_to_provider_at) if row.sent_to_provider_at else _("being sent now"),
    }
    return Link("campaigns.message", row.message, _("%(campaign)s, %(at)s") % words)


def _frequency_facts(case: ExplanationCase) -> list[Fact]:
    facts = []
    if case.subscription and case.subscription.paused_until:
        until = case.subscription.paused_until
        links = (admin_link(case.subscription.event, event_line(case.subscription.event)),)
        facts.append(
            Fact(
                "paused_until",
                _("Paused until"),
                clock_labels.local_and_utc_label(until, case.facts.place.zones),
                until,
                links,
            )
        )
    for limit in case.frequency_caps:
        number = len(explanation_case.counted_under_cap(limit, case.counted, case.at))
        words = {"got": number, "most": limit.most_per_month, "topic": limit.topic or _("all topics")}
        said = _("%(topic)s: %(got)s of at most %(most)s in 30 days") % words
        value = {"got": number, "most": limit.most_per_month}
        facts.append(
            Fact(
                "limit", _("Their own frequency cap"), said, value, (admin_link(limit.event, event_line(limit.event)),)
            )
        )
    return facts


def _window(case: ExplanationCase) -> list[Fact]:
    window, zones, at = case.terms.window, case.facts.place.zones, case.at
    if window is None:
        return [Fact("window", _("Sending hours"), _("At any time."), None)]
    days = [_today(case, zone) for zone in zones]
    facts = [Fact("today", _("Sending hours there that day"), "; ".join(days), days)] if days else []
    facts.append(
        Fact(
            "window",
            _("Weekly sending hours"),
            field_labels.value_label("window", window),
            [span and list(span) for span in window],
        )
    )
    if zones and (opens := sending_hours.next_opening(window, zones, at, case.terms.holidays)):
        said = _("Sending is allowed now.") if opens <= at else clock_labels.local_labels(opens, zones)
        facts.append(Fact("opens", _("Next allowed time"), said, opens))
    return facts


def _today(case: ExplanationCase, zone: str) -> str:
    span = clock_labels.hours_today(case.terms.window or (), zone, case.at, case.terms.holidays)
    words = {
        "zone": clock_labels.zone_label(zone),
        "hours": field_labels.hours_label(span),
        "now": clock_labels.local_label(case.at, zone),
    }
    return _("%(hours)s (it is %(now)s)") % words


def _content(case: ExplanationCase) -> list[Fact]:
    if case.question.campaign is None:
        return [Fact("words", _("Text"), _("There is no campaign yet, so there is no text to check."))]
    asked, lacks = case.terms.content, case.terms.content & case.facts.lacks
    facts = [Fact("content", _("Required"), field_labels.content_label(asked) or _("nothing"), sorted(asked))]
    if lacks:
        facts.append(Fact("lacks", _("Not met"), field_labels.content_label(lacks), sorted(lacks)))
    facts += [_allowed(row) for row in case.allowed]
    if labels := case.terms.labels - case.facts.labels:
        facts.append(Fact("labels", _("Missing labels"), ", ".join(sorted(labels)), sorted(labels)))
    return facts


def _allowed(row: LintOverride) -> Fact:
    words = {"who": row.by, "at": clock_labels.utc_label(row.at), "reason": row.reason}
    said = _("%(who)s allowed this text on %(at)s: %(reason)s") % words
    return Fact("allowed", _("Content exception"), said, row.problems)


def _length(case: ExplanationCase) -> list[Fact]:
    if case.question.campaign is None or not case.facts.segments:
        return []
    words = {"segments": case.facts.segments, "characters": case.facts.characters}
    said = _("%(segments)s segments, %(characters)s characters") % words
    return [Fact("length", _("Text"), said, words)]


EVIDENCE_BY_CHECK: dict[str, Callable[[ExplanationCase], list[Fact]]] = {
    "stop_switch": _emergency_stop,
    "end": _end,
    "suppression": _suppression,
    "restriction": _restriction,
    "consent": _consent,
    "clock": _clock,
    "repermission": _repermission,
    "age": _age,
    "caps": _caps,
    "wishes": _frequency_facts,
    "window": _window,
    "content": _content,
    "length": _length,
}
