"""The conditions of campaigns beside those of eligibility.py: at the freeze, at sending, and when counting."""

from django.db.models import Q, QuerySet

from campaigns.eligibility import frequency_caps, repermission
from campaigns.models import Campaign
from preferences.models import Address, Topic


def campaign_objections(
    topic: Topic, campaign: Campaign | None = None, *, among: QuerySet[Address] | None = None
) -> dict[str, Q]:
    """The named reasons of ours not to write, asked after those of eligibility.py. Conditions on Address.

    `among` is the audience that will be evaluated: what differs from person to person is computed for them alone.
    """
    is_repermission = campaign is not None and campaign.kind == Campaign.Kind.REPERMISSION
    named = repermission.repermission_objections(topic, campaign, among=among) if campaign and is_repermission else {}
    return {**named, **frequency_caps.cap_objections(topic)}
