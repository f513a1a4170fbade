"""What staff read for each reason not to write to one address. The names come from eligibility.py."""

from django.utils.translation import gettext_lazy as _

OBJECTIONS = {
    "": _("Yes"),
    "erased": _("No: asked to be forgotten"),
    "never_again": _("No: must never be written to again"),
    "complained": _("No: complained about spam"),
    "stopped": _("No: asked us to stop everything"),
    "reassigned": _("No: the number belongs to somebody else now"),
    "bounced": _("No: cannot be delivered to"),
    "topic_retired": _("No: the topic is retired"),
    "channel_not_offered": _("No: not offered on this channel"),
    "not_confirmed": _("Not yet: the sign-up is not confirmed"),
    "paused": _("Not now: paused"),
    "left": _("No: left this topic"),
    "expired": _("No: the consent has run out"),
    "never_subscribed": _("No: never subscribed"),
}


def objection(name: str) -> str:
    """The words for one objection; one that is new here is shown by its name."""
    return str(OBJECTIONS.get(name, name.replace("_", " ")))
