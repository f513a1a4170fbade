"""Why a campaign's row was changed, where the history keeps more than what staff typed. Pure."""

from django.utils.translation import gettext_lazy as _

from preferences.codes.stored_codes import StoredCode


class ChangeReason(StoredCode):
    """A reason in the history of a campaign. What staff typed is kept beside these codes, as it is."""

    ALLOWED = "allowed", _("Allowed: %(reason)s"), "reason"
    ENDED_BEFORE_START = "ended_before_start", _("The campaign ended before it could start.")
