"""Why we do not write to somebody, in words. The names come from eligibility.py; each fits after a colon."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

OBJECTIONS = {
    "erased": gettext_lazy("asked to be forgotten"),
    "never_again": gettext_lazy("must never be written to again"),
    "complained": gettext_lazy("complained about us as spam"),
    "stopped": gettext_lazy("asked us to stop"),
    "reassigned": gettext_lazy("the address belongs to somebody else now"),
    "restricted": gettext_lazy("asked us to keep their data and do nothing with it"),
    "held": gettext_lazy("held until somebody has read their message"),
    "bounced": gettext_lazy("the address is undeliverable"),
    "topic_retired": gettext_lazy("the topic is retired"),
    "channel_not_offered": gettext_lazy("the topic is not offered on this channel"),
    "not_confirmed": gettext_lazy("the sign-up is not confirmed"),
    "paused": gettext_lazy("waiting: paused until the day they chose"),
    "expired": gettext_lazy("the consent has run out"),
    "invalidated": gettext_lazy("the consent was found not to be valid"),
    "left": gettext_lazy("left this topic"),
    "never_subscribed": gettext_lazy("never subscribed to this topic"),
}


def objection(name: str) -> str:
    """The words for one objection; one that is new here is shown by its name."""
    return str(OBJECTIONS.get(name, name.replace("_", " ")))


def may_we_write(name: str) -> str:
    """The answer to "may we write to this address?"."""
    return _("No: %(reason)s") % {"reason": objection(name)} if name else _("Yes")
