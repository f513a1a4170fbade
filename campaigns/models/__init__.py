"""The models of campaigns."""

from campaigns.models.campaigns import Campaign
from campaigns.models.controls import Breakdown, EmergencyStop, LintOverride
from campaigns.models.messages import DeliveryEvent, Message

__all__ = ["Breakdown", "Campaign", "DeliveryEvent", "EmergencyStop", "LintOverride", "Message"]
