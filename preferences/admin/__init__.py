"""Django looks here for the admin pages of the app; each import registers those of one module."""

from preferences.admin import imports, users
from preferences.admin.collection import consent_forms, topics
from preferences.admin.contacts import checkpoints, consent_events, contacts, subscriptions
from preferences.admin.inbox import inbound_messages, link_opens, service_messages
from preferences.admin.rulebook import proposals, rules

__all__ = ["checkpoints", "consent_events", "consent_forms", "contacts", "imports", "inbound_messages", "link_opens"]
__all__ += ["proposals", "rules", "service_messages", "subscriptions", "topics", "users"]
