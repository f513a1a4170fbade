"""Why a message was not sent, or not yet, in words: what speaks against writing to somebody, what the rules ask,
and what happens to a campaign. Each reason fits after a colon.
"""

from django.utils.translation import gettext_lazy as _

from preferences import wording

REASONS = {
    **wording.OBJECTIONS,
    "over_limit": _("over the limit they set"),
    "campaign_cancelled": _("the campaign was cancelled first"),
    "stop_switch": _("all sending is stopped"),
    "too_late": _("the campaign had ended before it could go"),
    "nowhere_known": _("nobody knows in which country they are"),
    "basis_not_accepted": _("what the consent rests on does not count where they are"),
    "consent_too_weak": _("the consent is not what the law where they are asks for"),
    "implied_consent_over": _("the time has run out in which a relationship stands for consent"),
    "permission_too_old": _("the consent is so old that it has to be asked for again"),
    "age_unknown": _("the topic has a minimum age, and theirs is unknown"),
    "too_young": _("too young for this"),
    "over_cap": _("waiting: they got as many messages as the rules allow"),
    "quiet_hours": _("waiting: at this hour nothing may be sent where they are"),
    "no_time_zone": _("waiting: nobody knows what time it is where they are"),
    "no_common_hour": _("waiting: no hour is allowed in all the places where they may be"),
    "content_missing": _("the text lacks something that must be in it where they are"),
    "too_long": _("the text is longer than allowed where they are"),
}
CHECKS = {
    "stop_switch": _("All sending goes on"),
    "end": _("Before the campaign’s end"),
    "suppression": _("Nobody stopped us"),
    "restriction": _("Their data may be used"),
    "consent": _("They agreed to this"),
    "clock": _("The consent still counts"),
    "repermission": _("The consent is fresh enough"),
    "age": _("Old enough"),
    "caps": _("Not too many messages"),
    "wishes": _("What they wish"),
    "window": _("A fit hour where they are"),
    "content": _("The text says what it must"),
    "length": _("The text is short enough"),
}


def reason(name: str) -> str:
    """The words for one reason; one that is new here is shown by its name."""
    return str(REASONS[name]) if name in REASONS else wording.objection(name)


def check(name: str) -> str:
    """What one check of verdict.py makes sure of, as a title."""
    return str(CHECKS.get(name, name.replace("_", " ").capitalize()))
