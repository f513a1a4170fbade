"""Models of contacts, consent, rules, messages and proof, one file for each group."""

from preferences.codes.consent_sources import NOT_SAID_TO_US, OWN_ACTS, RECORDED_BY_STAFF, Source, SourceKind
from preferences.codes.link_codes import BotSign
from preferences.codes.message_codes import CancelReason, InboundOutcome
from preferences.codes.suppression_codes import LiftReason, SuppressionDetail
from preferences.models.address_changes import AddressChange
from preferences.models.append_only import AppendOnly, AppendOnlyQuerySet
from preferences.models.consent_events import Basis, ConsentEvent, Evidence, Method
from preferences.models.consent_forms import ConsentForm, ConsentFormVersion
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
    "BotSign",
    "CancelReason",
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
    "InboundOutcome",
    "LedgerLeaf",
    "LiftReason",
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
    "SuppressionDetail",
    "SuspiciousOptOut",
    "Topic",
]
