"""The nouns of the press room."""

from campaigns.models.campaign import Campaign
from campaigns.models.decisions import Breakdown, LintOverride, StopSwitch
from campaigns.models.message import DeliveryEvent, Message

__all__ = ["Breakdown", "Campaign", "DeliveryEvent", "LintOverride", "Message", "StopSwitch"]
