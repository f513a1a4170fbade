"""Whose act would change the answer, and when it changes by itself: one function for each reason. Reads nothing."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from campaigns.decision import checks
from campaigns.decision.checks import Decision
from campaigns.eligibility import frequency_caps
from campaigns.explain import check_evidence, clock_labels, explanation_case, field_labels
from campaigns.explain.check_answers import NextStep
from campaigns.explain.explanation_case import ExplanationCase
from preferences.geo import calendar_math
from preferences.rulebook import consent_requirements

MONTHS_IN_A_YEAR = 12


def next_steps_for(reason: str, case: ExplanationCase, answer: Decision | None = None) -> tuple[NextStep, ...]:
    """What would take this reason away."""
    found = NEXT_STEPS[reason](case) if reason in NEXT_STEPS else []
    if answer and answer.until and not found:
        return (_by_itself(case, answer.until),)
    return tuple(found)


def upcoming_changes(case: ExplanationCase) -> tuple[NextStep, ...]:
    """Where the answer is yes: what will end it, the soonest first."""
    facts, terms = case.facts, case.terms
    days = [
        (
            consent_requirements.basis_expires_on(terms, facts.basis, facts.basis_on),
            _("On %(day)s the basis of this consent expires."),
        ),
        (
            consent_requirements.renewal_due_on(terms, facts.consented_on),
            _("From %(day)s on this consent must be renewed."),
        ),
    ]
    found: list[tuple[datetime | date, NextStep]] = [(end, _on(words, end)) for end, words in days if end]
    found += [(moment, _until(words, moment, case)) for moment, words in _ends(case) if moment]
    return tuple(change for _end, change in sorted(found, key=lambda pair: _day(pair[0])))


def _ends(case: ExplanationCase) -> list[tuple[datetime | None, str]]:
    subscription, window, zones = case.subscription, case.terms.window, case.facts.place.zones
    closes = clock_labels.closes_at(window, zones, case.at, case.terms.holidays) if window else None
    return [
        (closes, _("At %(moment)s the sending hours of that day end; the message then waits for the next ones.")),
        (case.facts.ends_at, _("On %(moment)s the campaign ends.")),
        (subscription.expires_at if subscription else None, _("On %(moment)s this consent expires.")),
    ]


def _day(end: datetime | date) -> date:
    return end.date() if isinstance(end, datetime) else end


def _on(words: str, end: date) -> NextStep:
    return NextStep(words % {"day": clock_labels.day_label(end)}, end)


def _until(words: str, moment: datetime, case: ExplanationCase) -> NextStep:
    return NextStep(words % {"moment": clock_labels.local_and_utc_label(moment, case.facts.place.zones)}, moment)


def _by_itself(case: ExplanationCase, moment: datetime) -> NextStep:
    return _until(_("Automatically, on %(moment)s."), moment, case)


def _confirmed_sign_up(case: ExplanationCase) -> list[NextStep]:
    return [NextStep(_("Only the person can, by a new sign-up that they confirm."))]


def _never_again(case: ExplanationCase) -> list[NextStep]:
    words = _(
        "Only the person can, by a new sign-up that they confirm after a warning. They asked "
        "never to be contacted again."
    )
    return [NextStep(words)]


def _bounced(case: ExplanationCase) -> list[NextStep]:
    return [
        NextStep(_("A colleague can, by lifting the suppression when the address works again.")),
        NextStep(_("The person can, by a new sign-up that they confirm.")),
    ]


def _held(case: ExplanationCase) -> list[NextStep]:
    return [NextStep(_("A colleague can, by choosing an outcome for their message in the “Inbox”."))]


def _restricted(case: ExplanationCase) -> list[NextStep]:
    return [NextStep(_("The person can, by withdrawing their data subject request."))]


def _retired(case: ExplanationCase) -> list[NextStep]:
    return [NextStep(_("Nobody: a retired topic is no longer sent."))]


def _not_offered(case: ExplanationCase) -> list[NextStep]:
    channel = case.address.get_channel_display()
    return [
        NextStep(
            _("A colleague can, by offering the topic by %(channel)s; then the person has to sign up there.")
            % {"channel": channel}
        )
    ]


def _not_confirmed(case: ExplanationCase) -> list[NextStep]:
    found = [NextStep(_("Only the person can, by confirming the sign-up from this address."))]
    if case.subscription is None:
        return found
    end = case.subscription.event.occurred_at + timedelta(days=settings.CONFIRM_LINK_DAYS)
    return [
        *found,
        _until(_("From %(moment)s on they can no longer confirm and have to sign up again."), end, case),
    ]


def _paused(case: ExplanationCase) -> list[NextStep]:
    found = [NextStep(_("The person can, by ending the pause on their preferences page."))]
    until = case.subscription.paused_until if case.subscription else None
    return [_until(_("Automatically, on %(moment)s, when their pause ends."), until, case), *found] if until else found


def _never_subscribed(case: ExplanationCase) -> list[NextStep]:
    return [
        NextStep(_("The person can, by a sign-up that they confirm.")),
        NextStep(_("A colleague can, by recording an offline consent that the person gave (verbal or written).")),
    ]


def _switch(case: ExplanationCase) -> list[NextStep]:
    return [NextStep(_("A colleague can, by resuming sending after the emergency stop."))]


def _too_late(case: ExplanationCase) -> list[NextStep]:
    return [NextStep(_("Nobody: a campaign that has ended is no longer sent. Write a new one."))]


def _nowhere(case: ExplanationCase) -> list[NextStep]:
    return [
        NextStep(_("A colleague can, by adding the country on the contact’s page, once the person has provided it."))
    ]


def _no_rules(case: ExplanationCase) -> list[NextStep]:
    return [NextStep(_("A colleague can, by publishing a rule for it, or an administrator by loading the rulebook."))]


def _no_time_zone(case: ExplanationCase) -> list[NextStep]:
    return [
        NextStep(_("A colleague can, by adding the time zone on the contact’s page, once the person has provided it."))
    ]


def _express(case: ExplanationCase) -> list[NextStep]:
    return [NextStep(_("Only the person can, by opting in themselves: a new sign-up that they confirm."))]


def _too_weak(case: ExplanationCase) -> list[NextStep]:
    missing = checks.missing_flags(case.facts, case.terms)
    words = _("Only the person can, by a new sign-up that also meets: %(missing)s.")
    found = [NextStep(words % {"missing": field_labels.flags_label(missing)})]
    if "pewc_disclosure" in missing:
        words = _(
            "First, a colleague must publish consent wording with the disclosures required for marketing text messages."
        )
        found.insert(0, NextStep(words))
    return found


def _too_old(case: ExplanationCase) -> list[NextStep]:
    return [
        NextStep(_("Only the person can, by giving consent again.")),
        NextStep(_("A colleague can ask them once, with a consent renewal campaign.")),
    ]


def _age_unknown(case: ExplanationCase) -> list[NextStep]:
    return [
        NextStep(
            _("A colleague can, by adding the date of birth on the contact’s page, once the person has provided it.")
        )
    ]


def _too_young(case: ExplanationCase) -> list[NextStep]:
    born = case.facts.born_on
    if born is None:
        return []
    day = calendar_math.add_months(born, check_evidence.required_age(case) * MONTHS_IN_A_YEAR)
    return [_on(_("Automatically, on %(day)s, when they are old enough."), day)]


def _over_limit(case: ExplanationCase) -> list[NextStep]:
    """When the last of the limits that are reached has room again."""
    free = [
        _room(case, limit)
        for limit in case.frequency_caps
        if explanation_case.is_cap_reached(limit, case.counted, case.at)
    ]
    found = [NextStep(_("The person can, by allowing more messages on their preferences page."))]
    if not free or None in free:
        return found
    moment = max(moment for moment in free if moment)
    return [_until(_("Automatically, on %(moment)s, when their frequency cap allows it again."), moment, case), *found]


def _room(case: ExplanationCase, limit: explanation_case.FrequencyCap) -> datetime | None:
    rows = explanation_case.counted_under_cap(limit, case.counted, case.at)
    leaves = rows[len(rows) - limit.most_per_month].finished_at if limit.most_per_month else None
    return leaves + frequency_caps.MONTH + timedelta(seconds=1) if leaves else None


def _asked_once(case: ExplanationCase) -> list[NextStep]:
    return [
        NextStep(_("Nobody: a renewal request is sent only once for each consent. The person can renew it themselves."))
    ]


def _not_ending(case: ExplanationCase) -> list[NextStep]:
    return [
        NextStep(_("Automatically, when the consent is about to expire. Until then a regular campaign may reach them."))
    ]


def _content_steps(case: ExplanationCase) -> list[NextStep]:
    return [NextStep(_("A colleague can, by changing the text while the campaign is a draft, or in a new campaign."))]


def _shorter(case: ExplanationCase) -> list[NextStep]:
    return [NextStep(_("A colleague can, by shortening the text while the campaign is a draft, or in a new campaign."))]


NEXT_STEPS: dict[str, Callable[[ExplanationCase], Iterable[NextStep]]] = {
    "erased": _confirmed_sign_up,
    "never_again": _never_again,
    "complained": _confirmed_sign_up,
    "stopped": _confirmed_sign_up,
    "reassigned": _confirmed_sign_up,
    "restricted": _restricted,
    "held": _held,
    "bounced": _bounced,
    "topic_retired": _retired,
    "channel_not_offered": _not_offered,
    "not_confirmed": _not_confirmed,
    "paused": _paused,
    "expired": _confirmed_sign_up,
    "invalidated": _confirmed_sign_up,
    "left": _confirmed_sign_up,
    "never_subscribed": _never_subscribed,
    "over_limit": _over_limit,
    "carries_no_question": _express,
    "not_ending": _not_ending,
    "already_asked": _asked_once,
    "stop_switch": _switch,
    "too_late": _too_late,
    "nowhere_known": _nowhere,
    "no_rules": _no_rules,
    "basis_not_accepted": _express,
    "consent_too_weak": _too_weak,
    "implied_consent_over": _express,
    "permission_too_old": _too_old,
    "age_unknown": _age_unknown,
    "too_young": _too_young,
    "no_time_zone": _no_time_zone,
    "no_common_hour": _no_time_zone,
    "content_missing": _content_steps,
    "too_long": _shorter,
}
