"""The conditions of campaigns beside those of eligibility.py: at the freeze, at the hand-over, and when counting."""

from django.db.models import Q, QuerySet

from campaigns.eligibility import frequency_caps, repermission
from campaigns.models import Campaign
from preferences.models import Address, Topic


def objections(
    topic: Topic, campaign: Campaign | None = None, *, among: QuerySet[Address] | None = None
) -> dict[str, Q]:
    """The named reasons of ours not to write, asked after those of eligibility.py. Conditions on Address.

    `among` is the crowd that will be judged: what has to be worked out person by person is worked out for them alone.
    """
    asks_again = campaign is not None and campaign.kind == Campaign.Kind.REPERMISSION
    named = repermission.objections(topic, campaign, among=among) if campaign and asks_again else {}
    return {**named, **frequency_caps.objections(topic)}
