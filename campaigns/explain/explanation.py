"""Why (not)? One address and one question, evaluated as at its sending, with every check explained. Reads only.

The decision is that of checks.py, on the facts of facts.py, under the terms of the rulebook: nothing is decided here.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from campaigns.decision import checks, reason_labels
from campaigns.decision.checks import Decision, DecisionKind
from campaigns.decision.facts import Question
from campaigns.explain import check_evidence, clock_labels, explanation_case, next_steps, place_labels, rule_attribution
from campaigns.explain.check_answers import CheckStep, Explanation, NextStep, StepState, admin_link, without_repeats
from campaigns.explain.explanation_case import ExplanationCase
from campaigns.explain.rule_attribution import RuleAttribution
from campaigns.models import Campaign
from preferences.models import Address
from preferences.rulebook import consent_requirements

OVER = (Campaign.Status.CANCELLED, Campaign.Status.FINISHED)
CONSENTS = ("consent", "health_consent", "records_consent")
GROUPS = {"suppression": checks.SUPPRESSED, "restriction": {checks.RESTRICTED}, "wishes": checks.FREQUENCY_REASONS}


def explain_now_or_at(address: Address, question: Question, *, at: datetime | None = None) -> Explanation:
    """Would this address get this at that moment, or now? And why?"""
    now = timezone.now()
    return explain_case(explanation_case.load_case(address, question, at or now, now))


def explain_case(case: ExplanationCase) -> Explanation:
    """The answer, from everything that is known."""
    judged = checks.evaluate_with_wait_end(case.facts, case.terms, case.at)
    steps = _steps(case)
    campaign, topic = case.question.campaign, case.topic
    return Explanation(
        address=case.address,
        about=_subject_label(case),
        topic=f"{topic.sender.slug}/{topic.slug}",
        campaign=str(campaign.reference) if campaign else "",
        channel=case.question.channel,
        purpose=topic.purpose,
        at=case.at,
        asked_at=case.now,
        decision=judged,
        said=decision_sentence(judged, case),
        place=place_labels.place_facts(case),
        objections=tuple((name, reason_labels.reason_label(name)) for name in case.applying),
        steps=steps,
        changes=_changes(case, judged, steps),
        terms=case.terms,
        notes=tuple(_notes(case)),
        message=admin_link(case.message, _("The message of this campaign to this address")) if case.message else None,
    )


def _subject_label(case: ExplanationCase) -> str:
    """What they would get, by its names."""
    topic = f"{case.topic.sender} · {case.topic}"
    if case.question.campaign is None:
        return topic
    return _("“%(campaign)s” (%(topic)s)") % {"campaign": case.question.campaign, "topic": topic}


def decision_sentence(judged: Decision, case: ExplanationCase) -> str:
    """The decision in one sentence."""
    reason = reason_labels.reason_label(judged.reason)
    if judged.kind == DecisionKind.SEND:
        return _("Yes: it would be sent now.") if case.is_now else _("Yes: it would be sent at that moment.")
    if judged.kind == DecisionKind.SKIP:
        return _("No: %(reason)s.") % {"reason": reason}
    if judged.until is None:
        return _("On hold, needs review: %(reason)s.") % {"reason": reason}
    moment = clock_labels.local_and_utc_label(judged.until, case.facts.place.zones)
    return _("Not yet, but on %(moment)s: %(reason)s.") % {"moment": moment, "reason": reason}


def _steps(case: ExplanationCase) -> tuple[CheckStep, ...]:
    """Every check in its order; after the first that objects, the others are not reached."""
    explained = checks.evaluate_each_check(case.facts, case.terms, case.at)
    names = list(checks.CHECKS)
    decides = next((names.index(name) for name, answer in explained.items() if answer), len(names))
    return tuple(_step(name, case, reached=number <= decides) for number, name in enumerate(names))


def _step(name: str, case: ExplanationCase, *, reached: bool) -> CheckStep:
    by_itself = checks.CHECKS[name](_facts_for_check(name, case), case.terms, case.at)
    state = (StepState.FAILED if by_itself else StepState.PASSED) if reached else StepState.NOT_REACHED
    return CheckStep(
        name=name,
        title=reason_labels.check_title(name),
        state=state,
        said=_step_sentence(name, by_itself, case),
        decision=by_itself,
        facts=check_evidence.evidence_for(name, case),
        shares=tuple(_attributions(name, case)),
        changes=next_steps.next_steps_for(by_itself.reason, case, by_itself) if by_itself else (),
    )


def _facts_for_check(name: str, case: ExplanationCase):
    """The facts with the first objection that is this check's own, so that it speaks for itself."""
    others = frozenset().union(*GROUPS.values())
    own = GROUPS.get(name) or {objection for objection in case.applying if objection not in others}
    return replace(case.facts, objection=next((objection for objection in case.applying if objection in own), ""))


def _step_sentence(name: str, by_itself: Decision | None, case: ExplanationCase) -> str:
    if by_itself is None:
        return reason_labels.passed_sentence(name)
    reason = reason_labels.reason_label(by_itself.reason)
    words = {"reason": f"{reason[:1].upper()}{reason[1:]}"}
    if by_itself.until:
        words["moment"] = clock_labels.local_and_utc_label(by_itself.until, case.facts.place.zones)
        return _("%(reason)s. Possible again on %(moment)s.") % words
    return _("%(reason)s.") % words


def _attributions(name: str, case: ExplanationCase) -> list[RuleAttribution]:
    """The rules behind the figures that this check looked at."""
    return [share for figure, about in _figures(name, case) for share in _decided(case, figure, about)]


def _decided(case: ExplanationCase, figure: str, about: Iterable) -> list[RuleAttribution]:
    return rule_attribution.deciding_rules(case.rules, case.terms, figure, about)


def _figures(name: str, case: ExplanationCase) -> list[tuple[str, Iterable]]:
    """Which figures a check is about, and which part of each: what is missing, or else all that is asked for."""
    terms, facts = case.terms, case.facts
    if name == "consent" and case.yes:
        missing = checks.missing_flags(facts, terms)
        bases = [] if consent_requirements.accepts_basis(terms, facts.basis) else [("bases", [facts.basis])]
        return bases + [(figure, missing or getattr(terms, figure)) for figure in CONSENTS if _applies(figure, case)]
    if name == "clock" and consent_requirements.basis_expires_on(terms, facts.basis, facts.basis_on):
        return [("bases", [facts.basis])]
    if name == "window" and terms.window:
        days = clock_labels.window_days(facts.place.zones, case.at, terms.holidays)
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


def _applies(figure: str, case: ExplanationCase) -> bool:
    """Is this figure about this question at all?"""
    asked = {
        "health_consent": case.facts.reveals_health,
        "records_consent": case.facts.uses_health_records,
        "segments": case.facts.segments > 0,
        "characters": case.facts.characters > 0,
    }
    return asked.get(figure, True)


def _changes(case: ExplanationCase, judged: Decision, steps: tuple[CheckStep, ...]) -> tuple[NextStep, ...]:
    """What would change the answer: of a yes what ends it, of a no everything that speaks against it."""
    if judged.kind == DecisionKind.SEND:
        return next_steps.upcoming_changes(case)
    late = judged.kind == DecisionKind.WAIT or judged.reason == "too_late"
    own = next_steps.next_steps_for(judged.reason, case, judged) if late else ()
    objections = [change for name in case.applying for change in next_steps.next_steps_for(name, case)]
    failed = [change for step in steps if _is_lasting(step.decision) for change in step.changes]
    return without_repeats([*own, *objections, *failed])


def _is_lasting(by_itself: Decision | None) -> bool:
    """Does waiting alone not help?"""
    return by_itself is not None and (by_itself.kind == DecisionKind.SKIP or by_itself.is_held)


def _notes(case: ExplanationCase) -> Iterable[str]:
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
    if campaign.audience_locked_at and case.message is None:
        words = {"at": clock_labels.utc_label(campaign.audience_locked_at)}
        yield (
            _(
                "This address is not in the audience: it had no record for the topic when the audience "
                "was locked, on %(at)s."
            )
            % words
        )
