"""Why a message was not sent, or not yet, in words: what speaks against writing to somebody, what the rules ask,
and what happens to a campaign. Each reason fits after a colon.
"""

from django.utils.translation import gettext_lazy as _

from preferences.consent import ineligibility_labels

REASONS = {
    **ineligibility_labels.OBJECTIONS,
    "over_limit": _("over the limit they set"),
    "carries_no_question": _("the permission is over, so that not even a question may be sent"),
    "not_ending": _("the permission does not end soon, so they are not asked again"),
    "already_asked": _("they were asked before about this permission"),
    "campaign_cancelled": _("the campaign was cancelled first"),
    "stop_switch": _("all sending is stopped"),
    "too_late": _("the campaign had ended before it could go"),
    "nowhere_known": _("nobody knows in which country they are"),
    "no_rules": _("no rule of the rulebook is in force for this"),
    "basis_not_accepted": _("what the consent rests on does not count where they are"),
    "consent_too_weak": _("the consent is not all that the rules where they are ask for"),
    "implied_consent_over": _("the time has run out in which a relationship stands for consent"),
    "permission_too_old": _("the consent is so old that it has to be asked for again"),
    "age_unknown": _("the topic has a minimum age, and theirs is unknown"),
    "too_young": _("too young for this"),
    "over_cap": _("they got as many messages as the rules allow for now"),
    "quiet_hours": _("at this hour nothing may be sent where they are"),
    "no_time_zone": _("nobody knows what time it is where they are"),
    "no_common_hour": _("no hour is allowed in all the places where they may be"),
    "content_missing": _("the text lacks something that must be in it where they are"),
    "too_long": _("the text is longer than allowed where they are"),
}
CHECKS = {
    "stop_switch": _("Stop switch"),
    "end": _("The campaign’s end"),
    "suppression": _("Stops, complaints and bounces"),
    "restriction": _("Use of their data"),
    "consent": _("Consent"),
    "clock": _("What the consent rests on"),
    "repermission": _("How old the consent is"),
    "age": _("Age"),
    "caps": _("Messages they got"),
    "wishes": _("Their own wishes"),
    "window": _("Hours where they are"),
    "content": _("What the text must say"),
    "length": _("Length of the text"),
}
DECIDED_BY = {
    "law": _("the law"),
    "partly": _("the law, and stricter by Sayso’s choice"),
    "sayso": _("Sayso’s choice, stricter than the law"),
}
PASSED = {
    "stop_switch": _("Nobody stopped all sending."),
    "end": _("It is not too late for it."),
    "suppression": _("No stop, complaint, bounce or hold stands in the way."),
    "restriction": _("They did not ask us to leave their data alone."),
    "consent": _("They said yes to this, and their consent is all that the rules there ask for."),
    "clock": _("What the consent rests on still counts."),
    "repermission": _("It need not be asked for again yet."),
    "age": _("Nothing says that they are too young."),
    "caps": _("There is room for one more message."),
    "wishes": _("No pause and no limit of theirs stands in the way."),
    "window": _("This hour is allowed wherever they may be."),
    "content": _("Nothing that must be in the text is missing."),
    "length": _("The text is not longer than allowed."),
}


def reason(name: str) -> str:
    """The words for one reason; one that is new here is shown by its name."""
    return str(REASONS[name]) if name in REASONS else ineligibility_labels.objection(name)


def check(name: str) -> str:
    """What one check of verdict.py looks at, as a title."""
    return str(CHECKS.get(name, name.replace("_", " ").capitalize()))


def passed(name: str) -> str:
    """What it means that this check has nothing against it."""
    return str(PASSED.get(name, ""))


def decided_by(name: str) -> str:
    """Who says so: the law, or Sayso."""
    return str(DECIDED_BY[name])
