"""One message to the colleague who is writing it, before anybody else gets it."""

from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from campaigns.content import rendering
from campaigns.models import Campaign
from preferences.channels import connection as channels
from preferences.channels.outcomes import Result
from preferences.codes import stored_codes
from preferences.codes.send_details import SendDetail
from preferences.contacts import address_normalization
from preferences.errors import NotAllowed
from preferences.models import Channel, Suppression


def send_test_message(campaign: Campaign, *, to: User, number: str = "") -> str:
    """Send it to the colleague's own mailbox or number, marked as a test; where it went."""
    where = address_normalization.normalize_address(campaign.channel, _own_address(campaign, to, number))
    fingerprint = address_normalization.fingerprint(campaign.channel, where)
    if Suppression.objects.in_force().filter(fingerprint=fingerprint).exists():
        raise NotAllowed(
            _("%(where)s has opted out or cannot be reached. Use another address or number.") % {"where": where}
        )
    sample = rendering.sample_parcel(campaign, to=where, name=to.get_full_name())
    parcel = rendering.prepare(campaign, label=_("[Test]") + " ").parcel(*sample)
    with channels.connect(campaign.channel) as out:
        outcome = out.send(parcel)
    if outcome.result != Result.SENT:
        raise NotAllowed(
            _("The test was not sent: %(detail)s") % {"detail": stored_codes.label(outcome.detail, SendDetail)}
        )
    return where


def _own_address(campaign: Campaign, to: User, number: str) -> str:
    if campaign.channel == Channel.SMS:
        return number
    if not to.email:
        raise NotAllowed(_("Your account has no email address. Ask an administrator to add it."))
    return to.email
