"""Why we do not write to somebody, in words. The names come from eligibility.py; each fits after a colon."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

OBJECTION_LABELS = {
    "erased": gettext_lazy("data erased on request"),
    "never_again": gettext_lazy("do not contact (permanent)"),
    "complained": gettext_lazy("reported our message as spam"),
    "stopped": gettext_lazy("opted out"),
    "reassigned": gettext_lazy("the address now belongs to someone else"),
    "restricted": gettext_lazy("asked us to restrict the use of their data"),
    "held": gettext_lazy("on hold: their message needs review"),
    "bounced": gettext_lazy("the address is undeliverable"),
    "topic_retired": gettext_lazy("the topic is retired"),
    "channel_not_offered": gettext_lazy("the topic is not offered on this channel"),
    "not_confirmed": gettext_lazy("the sign-up is not confirmed"),
    "paused": gettext_lazy("paused until the date they chose"),
    "expired": gettext_lazy("the consent has expired"),
    "invalidated": gettext_lazy("the consent was invalidated"),
    "left": gettext_lazy("opted out of this topic"),
    "never_subscribed": gettext_lazy("never subscribed to this topic"),
}


def objection_label(name: str) -> str:
    """The words for one objection; one that is new here is shown by its name."""
    return str(OBJECTION_LABELS.get(name, name.replace("_", " ")))


def eligibility_answer(name: str) -> str:
    """The answer to "may we write to this address?"."""
    return _("No: %(reason)s") % {"reason": objection_label(name)} if name else _("Yes")
