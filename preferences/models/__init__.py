"""The nouns of the hall, one file per family."""

from preferences.models.address_changes import AddressChange
from preferences.models.append_only import AppendOnly, AppendOnlyQuerySet
from preferences.models.consent_events import OWN_ACTS, Basis, ConsentEvent, Evidence, Method, Source
from preferences.models.consent_forms import ConsentForm, ConsentFormVersion
from preferences.models.contacts import Address, Channel, Contact, HandOver
from preferences.models.imports import Import
from preferences.models.link_opens import DoubtfulLeave, LinkHit
from preferences.models.messages import Inbound, Reply
from preferences.models.opt_out_reasons import LeaveReason
from preferences.models.receipts import Receipt
from preferences.models.rules import Rule, RuleProposal, TermsRecord
from preferences.models.subscriptions import Limit, Subscription, Suppression
from preferences.models.topics import Notice, Sender, Topic
from preferences.models.transparency_log import Checkpoint, LedgerLeaf

__all__ = [
    "OWN_ACTS",
    "Address",
    "AddressChange",
    "AppendOnly",
    "AppendOnlyQuerySet",
    "Basis",
    "Channel",
    "Checkpoint",
    "ConsentEvent",
    "ConsentForm",
    "ConsentFormVersion",
    "Contact",
    "DoubtfulLeave",
    "Evidence",
    "HandOver",
    "Import",
    "Inbound",
    "LeaveReason",
    "LedgerLeaf",
    "Limit",
    "LinkHit",
    "Method",
    "Notice",
    "Receipt",
    "Reply",
    "Rule",
    "RuleProposal",
    "Sender",
    "Source",
    "Subscription",
    "Suppression",
    "TermsRecord",
    "Topic",
]
