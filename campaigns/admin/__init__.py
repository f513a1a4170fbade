"""Django looks here for the admin pages of the app; each import registers those of one module."""

from campaigns.admin import campaigns, emergency_stop, messages

__all__ = ["campaigns", "emergency_stop", "messages"]
