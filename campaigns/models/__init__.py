"""The nouns of the press room."""

from campaigns.models.campaigns import Campaign
from campaigns.models.controls import Breakdown, LintOverride, StopSwitch
from campaigns.models.messages import DeliveryEvent, Message

__all__ = ["Breakdown", "Campaign", "DeliveryEvent", "LintOverride", "Message", "StopSwitch"]
