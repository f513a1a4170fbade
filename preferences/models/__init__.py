"""Models of contacts, consent, rules, messages and proof, one file for each group."""

from preferences.models.address_changes import AddressChange
from preferences.models.append_only import AppendOnly, AppendOnlyQuerySet
from preferences.models.consent_events import Basis, ConsentEvent, Evidence, Method
from preferences.models.consent_forms import ConsentForm, ConsentFormVersion
from preferences.models.consent_sources import NOT_SAID_TO_US, OWN_ACTS, RECORDED_BY_STAFF, Source, SourceKind
from preferences.models.contacts import Address, Channel, Contact, InFlight
from preferences.models.imports import Import
from preferences.models.link_opens import LinkOpen, SuspiciousOptOut
from preferences.models.messages import InboundMessage, ServiceMessage
from preferences.models.opt_out_reasons import OptOutReason
from preferences.models.receipts import Receipt
from preferences.models.rules import AppliedRules, Rule, RuleProposal
from preferences.models.subscriptions import FrequencyCap, Subscription, Suppression
from preferences.models.topics import Notice, Sender, Topic
from preferences.models.transparency_log import Checkpoint, LedgerLeaf

__all__ = [
    "NOT_SAID_TO_US",
    "OWN_ACTS",
    "RECORDED_BY_STAFF",
    "Address",
    "AddressChange",
    "AppendOnly",
    "AppendOnlyQuerySet",
    "AppliedRules",
    "Basis",
    "Channel",
    "Checkpoint",
    "ConsentEvent",
    "ConsentForm",
    "ConsentFormVersion",
    "Contact",
    "Evidence",
    "FrequencyCap",
    "Import",
    "InFlight",
    "InboundMessage",
    "LedgerLeaf",
    "LinkOpen",
    "Method",
    "Notice",
    "OptOutReason",
    "Receipt",
    "Rule",
    "RuleProposal",
    "Sender",
    "ServiceMessage",
    "Source",
    "SourceKind",
    "Subscription",
    "Suppression",
    "SuspiciousOptOut",
    "Topic",
]
