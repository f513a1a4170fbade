"""The nouns of the hall, one file per family."""

from preferences.models.append_only import AppendOnly, AppendOnlyQuerySet
from preferences.models.consent_forms import ConsentForm, ConsentFormVersion
from preferences.models.imports import Import
from preferences.models.ledger import OWN_ACTS, Basis, ConsentEvent, Evidence, Method, Source
from preferences.models.link_hits import DoubtfulLeave, LinkHit
from preferences.models.moves import AddressChange
from preferences.models.people import Address, Channel, Contact, HandOver
from preferences.models.reasons import LeaveReason
from preferences.models.receipts import Receipt
from preferences.models.replies import Inbound, Reply
from preferences.models.rules import Rule, RuleProposal, TermsRecord
from preferences.models.seals import Checkpoint, LedgerLeaf
from preferences.models.standing import Limit, Subscription, Suppression
from preferences.models.topics import Notice, Sender, Topic

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
