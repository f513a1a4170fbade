"""The nouns of the press room."""

from campaigns.models.campaign import Campaign
from campaigns.models.message import DeliveryEvent, Message

__all__ = ["Campaign", "DeliveryEvent", "Message"]
