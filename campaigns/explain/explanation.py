"""Why (not)? One address and one question, judged as at its hand-over, with every check explained. Reads only.

The verdict is that of verdict.py, on the facts of facts.py, under the terms of the rulebook: nothing is decided here.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.decision import checks, reason_labels
from campaigns.decision.checks import Kind, Verdict
from campaigns.decision.facts import Question
from campaigns.explain import check_evidence, clock_labels, explanation_case, next_steps, place_labels, rule_attribution
from campaigns.explain.check_answers import Answer, Change, State, Step, link, once
from campaigns.explain.explanation_case import Case
from campaigns.explain.rule_attribution import Share
from campaigns.models import Campaign
from preferences.models import Address
from preferences.rulebook import consent_requirements

OVER = (Campaign.Status.CANCELLED, Campaign.Status.FINISHED)
CONSENTS = ("consent", "health_consent", "records_consent")
GROUPS = {"suppression": checks.SUPPRESSED, "restriction": {checks.RESTRICTED}, "wishes": checks.WISHES}


def ask(address: Address, question: Question, *, at: datetime | None = None) -> Answer:
    """Would this address get this at that moment, or now? And why?"""
    now = timezone.now()
    return explain(explanation_case.gather(address, question, at or now, now))


def explain(case: Case) -> Answer:
    """The answer, from everything that is known."""
    judged = checks.settled(case.facts, case.terms, case.at)
    steps = _steps(case)
    campaign, topic = case.question.campaign, case.topic
    return Answer(
        address=case.address,
        about=_about(case),
        topic=f"{topic.sender.slug}/{topic.slug}",
        campaign=str(campaign.reference) if campaign else "",
        channel=case.question.channel,
        purpose=topic.purpose,
        at=case.at,
        asked_at=case.now,
        verdict=judged,
        said=said(judged, case),
        place=place_labels.facts(case),
        objections=tuple((name, reason_labels.reason(name)) for name in case.applying),
        steps=steps,
        changes=_changes(case, judged, steps),
        terms=case.terms,
        notes=tuple(_notes(case)),
        message=link(case.message, _("The message of this campaign to this address")) if case.message else None,
    )


def _about(case: Case) -> str:
    """What they would get, by its names."""
    topic = f"{case.topic.sender} · {case.topic}"
    if case.question.campaign is None:
        return topic
    return _("“%(campaign)s” (%(topic)s)") % {"campaign": case.question.campaign, "topic": topic}


def said(judged: Verdict, case: Case) -> str:
    """The verdict in one sentence."""
    reason = reason_labels.reason(judged.reason)
    if judged.kind == Kind.SEND:
        return _("Yes: it would be sent now.") if case.is_now else _("Yes: it would be sent at that moment.")
    if judged.kind == Kind.SKIP:
        return _("No: %(reason)s.") % {"reason": reason}
    if judged.until is None:
        return _("On hold, needs review: %(reason)s.") % {"reason": reason}
    moment = clock_labels.both(judged.until, case.facts.place.zones)
    return _("Not yet, but on %(moment)s: %(reason)s.") % {"moment": moment, "reason": reason}


def _steps(case: Case) -> tuple[Step, ...]:
    """Every check in its order; after the first that objects, the others are not reached."""
    explained = checks.explained(case.facts, case.terms, case.at)
    names = list(checks.CHECKS)
    decides = next((names.index(name) for name, answer in explained.items() if answer), len(names))
    return tuple(_step(name, case, reached=number <= decides) for number, name in enumerate(names))


def _step(name: str, case: Case, *, reached: bool) -> Step:
    by_itself = checks.CHECKS[name](_for(name, case), case.terms, case.at)
    state = (State.FAILED if by_itself else State.PASSED) if reached else State.NOT_REACHED
    return Step(
        name=name,
        title=reason_labels.check(name),
        state=state,
        said=_said_of(name, by_itself, case),
        verdict=by_itself,
        facts=check_evidence.looked_at(name, case),
        shares=tuple(_shares(name, case)),
        changes=next_steps.changes(by_itself.reason, case, by_itself) if by_itself else (),
    )


def _for(name: str, case: Case):
    """The facts with the first objection that is this check's own, so that it speaks for itself."""
    others = frozenset().union(*GROUPS.values())
    own = GROUPS.get(name) or {objection for objection in case.applying if objection not in others}
    return replace(case.facts, objection=next((objection for objection in case.applying if objection in own), ""))


def _said_of(name: str, by_itself: Verdict | None, case: Case) -> str:
    if by_itself is None:
        return reason_labels.passed(name)
    reason = reason_labels.reason(by_itself.reason)
    words = {"reason": f"{reason[:1].upper()}{reason[1:]}"}
    if by_itself.until:
        words["moment"] = clock_labels.both(by_itself.until, case.facts.place.zones)
        return _("%(reason)s. Possible again on %(moment)s.") % words
    return _("%(reason)s.") % words


def _shares(name: str, case: Case) -> list[Share]:
    """The rules behind the figures that this check looked at."""
    return [share for figure, about in _figures(name, case) for share in _decided(case, figure, about)]


def _decided(case: Case, figure: str, about: Iterable) -> list[Share]:
    return rule_attribution.deciding(case.rules, case.terms, figure, about)


def _figures(name: str, case: Case) -> list[tuple[str, Iterable]]:
    """Which figures a check is about, and which part of each: what is missing, or else all that is asked for."""
    terms, facts = case.terms, case.facts
    if name == "consent" and case.yes:
        missing = checks.missing(facts, terms)
        bases = [] if consent_requirements.accepts(terms, facts.basis) else [("bases", [facts.basis])]
        return bases + [(figure, missing or getattr(terms, figure)) for figure in CONSENTS if _applies(figure, case)]
    if name == "clock" and consent_requirements.clock_ends(terms, facts.basis, facts.basis_on):
        return [("bases", [facts.basis])]
    if name == "window" and terms.window:
        days = clock_labels.days(facts.place.zones, case.at, terms.holidays)
        return [("window", [day]) for day in sorted(days)]
    if name == "content" and case.question.campaign:
        labels = terms.labels - facts.labels
        return [("content", terms.content & facts.lacks or terms.content), ("labels", labels or terms.labels)]
    return [(figure, dict(getattr(terms, figure) or ())) for figure in PAIRS.get(name, ()) if _applies(figure, case)]


PAIRS = {
    "repermission": ("repermission",),
    "age": ("minimum_age",),
    "caps": ("caps",),
    "length": ("segments", "characters"),
}


def _applies(figure: str, case: Case) -> bool:
    """Is this figure about this question at all?"""
    asked = {
        "health_consent": case.facts.reveals_health,
        "records_consent": case.facts.uses_health_records,
        "segments": case.facts.segments > 0,
        "characters": case.facts.characters > 0,
    }
    return asked.get(figure, True)


def _changes(case: Case, judged: Verdict, steps: tuple[Step, ...]) -> tuple[Change, ...]:
    """What would change the answer: of a yes what ends it, of a no everything that speaks against it."""
    if judged.kind == Kind.SEND:
        return next_steps.coming(case)
    late = judged.kind == Kind.WAIT or judged.reason == "too_late"
    own = next_steps.changes(judged.reason, case, judged) if late else ()
    objections = [change for name in case.applying for change in next_steps.changes(name, case)]
    failed = [change for step in steps if _is_lasting(step.verdict) for change in step.changes]
    return once([*own, *objections, *failed])


def _is_lasting(by_itself: Verdict | None) -> bool:
    """Does waiting alone not help?"""
    return by_itself is not None and (by_itself.kind == Kind.SKIP or by_itself.is_held)


def _notes(case: Case) -> Iterable[str]:
    """What a reader has to know about the answer."""
    campaign = case.question.campaign
    if not case.is_now:
        yield _(
            "The person’s data is as it is now. Sending hours, local times, caps and rules are as of the chosen time."
        )
    if campaign is None:
        return
    words = {"status": campaign.get_status_display()}
    if campaign.status in OVER:
        yield _("This campaign is over (%(status)s): no more messages are sent, whatever the result.") % words
    elif campaign.status != Campaign.Status.SENDING:
        yield _("This campaign is not being sent (%(status)s): this would be the result if it were.") % words
    if campaign.frozen_at and case.message is None:
        words = {"at": clock_labels.utc(campaign.frozen_at)}
        yield (
            _(
                "This address is not in the audience: it had no record for the topic when the audience "
                "was locked, on %(at)s."
            )
            % words
        )
