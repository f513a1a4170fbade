"""The back office of the press room: campaigns, their messages, and what providers reported."""

from campaigns.admin import campaigns, messages, switch

__all__ = ["campaigns", "messages", "switch"]
