"""Why a message was not sent, or not yet, in words: what speaks against writing to somebody, what the rules ask,
and what happens to a campaign. Each reason fits after a colon.
"""

from django.utils.translation import gettext_lazy as _

from preferences.consent import ineligibility_labels

REASON_LABELS = {
    **ineligibility_labels.OBJECTION_LABELS,
    "over_limit": _("over the frequency cap they set"),
    "carries_no_question": _("the consent has expired, so no renewal request may be sent"),
    "not_ending": _("the consent does not expire soon, so no renewal request is sent"),
    "already_asked": _("a renewal request was already sent for this consent"),
    "campaign_cancelled": _("the campaign was cancelled before"),
    "stop_switch": _("all sending is paused (emergency stop)"),
    "too_late": _("the campaign ended before the message could be sent"),
    "nowhere_known": _("their country is unknown"),
    "no_rules": _("no rule of the rulebook is in force for this"),
    "basis_not_accepted": _("the basis of the consent is not valid in their location"),
    "consent_too_weak": _("the consent does not meet all the rules in their location"),
    "implied_consent_over": _("the implied consent has expired"),
    "permission_too_old": _("the consent is too old and must be renewed"),
    "age_unknown": _("the topic has a minimum age, and theirs is unknown"),
    "too_young": _("below the minimum age"),
    "over_cap": _("the cap on messages under the rules is reached for now"),
    "quiet_hours": _("outside the sending hours in their location"),
    "no_time_zone": _("their local time is unknown"),
    "no_common_hour": _("no sending time is allowed in all their possible locations"),
    "content_missing": _("the text lacks something required in their location"),
    "too_long": _("the text is longer than allowed in their location"),
}
CHECK_TITLES = {
    "stop_switch": _("Emergency stop"),
    "end": _("End of the campaign"),
    "suppression": _("Opt-outs, complaints and bounces"),
    "restriction": _("Restriction of processing"),
    "consent": _("Consent"),
    "clock": _("Basis of the consent"),
    "repermission": _("Age of the consent"),
    "age": _("Age"),
    "caps": _("Messages received"),
    "wishes": _("Frequency and pause"),
    "window": _("Sending hours in their location"),
    "content": _("What the text must say"),
    "length": _("Length of the text"),
}
ORIGIN_LABELS = {
    "law": _("the law"),
    "partly": _("the law, and stricter by Sayso’s policy"),
    "sayso": _("Sayso’s policy, stricter than the law"),
}
PASSED_SENTENCES = {
    "stop_switch": _("Sending is not paused."),
    "end": _("The end of the campaign has not been reached."),
    "suppression": _("No opt-out, complaint, bounce or hold prevents it."),
    "restriction": _("They did not ask us to restrict the use of their data."),
    "consent": _("There is consent for this, and it meets the rules in their location."),
    "clock": _("The basis of the consent is still valid."),
    "repermission": _("It does not have to be renewed yet."),
    "age": _("Nothing indicates that they are too young."),
    "caps": _("The cap allows one more message."),
    "wishes": _("No pause and no frequency cap of theirs prevents it."),
    "window": _("This time is allowed in all their possible locations."),
    "content": _("The text contains everything required."),
    "length": _("The text is not longer than allowed."),
}


def reason_label(name: str) -> str:
    """The words for one reason; one that is new here is shown by its name."""
    return str(REASON_LABELS[name]) if name in REASON_LABELS else ineligibility_labels.objection_label(name)


def check_title(name: str) -> str:
    """What one check of checks.py looks at, as a title."""
    return str(CHECK_TITLES.get(name, name.replace("_", " ").capitalize()))


def passed_sentence(name: str) -> str:
    """What it means that this check has nothing against it."""
    return str(PASSED_SENTENCES.get(name, ""))


def origin_label(name: str) -> str:
    """Who says so: the law, or Sayso."""
    return str(ORIGIN_LABELS[name])
