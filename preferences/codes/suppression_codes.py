"""Why a suppression was made or lifted, where it was not staff or a provider who said so."""

from django.utils.translation import gettext_lazy as _

from preferences.codes.consent_sources import Source
from preferences.codes.stored_codes import StoredCode


class SuppressionDetail(StoredCode):
    """How a suppression came about. The name of a provider is kept beside these codes, as it is."""

    SOURCE = "source", "%(source)s", "source"
    UNUSED_NUMBER = "unused_number", _("Sent to a number that no sender uses.")
    NO_SENDER = "no_sender", _("By email. No sender had written to this address.")
    BOUNCED_BY_EMAIL = "bounced_by_email", _("Not delivered, reported by email: %(status)s"), "status"
    SOFT_BOUNCES = (
        "soft_bounces",
        _("Not delivered %(count)s times in %(days)s days, reported by %(provider)s."),
        "count",
        "days",
        "provider",
    )

    def word_label(self, name: str, word: str) -> str:
        if name == "source" and word in Source:
            return str(Source(word).label)
        return super().word_label(name, word)


class LiftReason(StoredCode):
    """Why a suppression was lifted. What staff typed is kept beside these codes, as it is."""

    CONFIRMED = "confirmed", _("The person confirmed a new sign-up.")
    SUBSCRIBED_AGAIN = "subscribed_again", _("The person subscribed again.")
    UNDONE = "undone", _("The person undid the opt-out.")
    NOT_AN_OPT_OUT = "not_an_opt_out", _("Staff read the message: the person does not want to opt out.")
