"""What staff read for each reason not to write to somebody. The names come from preferences/eligibility.py."""

from django.utils.translation import gettext_lazy as _

OBJECTIONS = {
    "erased": _("asked to be forgotten"),
    "never_again": _("must never be written to again"),
    "complained": _("complained about us as spam"),
    "stopped": _("asked us to stop everything"),
    "reassigned": _("the number belongs to somebody else now"),
    "bounced": _("cannot be delivered to"),
    "topic_retired": _("the topic is retired"),
    "channel_not_offered": _("the topic is not offered on this channel"),
    "not_confirmed": _("have not confirmed their sign-up yet"),
    "paused": _("paused this topic"),
    "left": _("left this topic"),
    "expired": _("their consent has run out"),
    "never_subscribed": _("never subscribed to this topic"),
    "campaign_cancelled": _("the campaign was cancelled first"),
}


def objection(name: str) -> str:
    """The words for one objection; one that is new here is shown by its name."""
    return str(OBJECTIONS.get(name, name.replace("_", " ")))
