"""The nouns of the hall, one file per family."""

from preferences.models.append_only import AppendOnly, AppendOnlyQuerySet
from preferences.models.imports import Import
from preferences.models.ledger import OWN_ACTS, ConsentEvent, Evidence, Method, Source
from preferences.models.people import Address, Channel, Contact, HandOver
from preferences.models.reasons import LeaveReason
from preferences.models.replies import Inbound, Reply
from preferences.models.seals import Checkpoint, LedgerLeaf
from preferences.models.standing import Subscription, Suppression
from preferences.models.topics import Notice, Sender, Topic

__all__ = [
    "OWN_ACTS",
    "Address",
    "AppendOnly",
    "AppendOnlyQuerySet",
    "Channel",
    "Checkpoint",
    "ConsentEvent",
    "Contact",
    "Evidence",
    "HandOver",
    "Import",
    "Inbound",
    "LeaveReason",
    "LedgerLeaf",
    "Method",
    "Notice",
    "Reply",
    "Sender",
    "Source",
    "Subscription",
    "Suppression",
    "Topic",
]
