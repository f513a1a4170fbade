"""Why a message was not sent, in words: what speaks against writing to somebody, and what happens to a campaign."""

from django.utils.translation import gettext_lazy as _

from preferences import wording

REASONS = {
    **wording.OBJECTIONS,
    "over_limit": _("over the limit they set"),
    "campaign_cancelled": _("the campaign was cancelled first"),
}


def reason(name: str) -> str:
    """The words for one reason; one that is new here is shown by its name."""
    return str(REASONS[name]) if name in REASONS else wording.objection(name)
