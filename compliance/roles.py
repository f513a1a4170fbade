"""Who may do what: six roles, each a group of permissions, applied after every migrate.

Permissions are written "app.codename". `apply_roles` gives each of these groups exactly what the table says, so that
a change of the table reaches every installation with its next migrate; groups made by an installation are left alone.
"""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

Permissions = frozenset[str]


def _names(words: str) -> list[str]:
    return words.split()


MODELS = {
    "preferences": _names(
        "address addresschange appliedrules checkpoint consentevent consentform consentformversion contact "
        "evidence frequencycap import inboundmessage inflight ledgerleaf linkopen notice optoutreason "
        "receipt rule ruleproposal sender servicemessage subscription suppression suspiciousoptout topic"
    ),
    "campaigns": _names("breakdown campaign deliveryevent emergencystop lintoverride message"),
    "compliance": _names(
        "forecast policydocument policyreview policyversion processor reminderoutcome reviewreminder subjectrequest"
    ),
}
HISTORIES = {
    "preferences": _names(
        "address consentform contact frequencycap ruleproposal sender subscription suppression topic"
    ),
    "campaigns": _names("campaign emergencystop"),
    "compliance": _names("policydocument policyreview processor subjectrequest"),
}
# What the services ask for beyond add, change, delete and view; declared in the Meta of the models.
SERVICES = frozenset(
    {
        "preferences.erase_contact",
        "preferences.record_consent",
        "preferences.review_inboundmessage",
        "preferences.review_optoutreason",
        "preferences.resolve_suspiciousoptout",
        "preferences.publish_ruleproposal",
        "campaigns.activate_emergencystop",
        "campaigns.allow_lintoverride",
        "campaigns.submit_campaign",
        "campaigns.approve_campaign",
        "campaigns.send_campaign",
        "compliance.complete_policyreview",
        "compliance.answer_subjectrequest",
        "compliance.view_contactrecord",
    }
)


def may(actions: str, app: str, models: str) -> Permissions:
    """Each of these actions on each of these models; both are words in one string."""
    return frozenset(f"{app}.{action}_{model}" for action in actions.split() for model in models.split())


def on_all(actions: str, tables: dict[str, list[str]]) -> Permissions:
    """Each of these actions on all models of such a table."""
    return frozenset().union(*(may(actions, app, " ".join(models)) for app, models in tables.items()))


VIEW_CONTACTS = may(
    "view",
    "preferences",
    "contact address addresschange consentevent subscription frequencycap suppression servicemessage receipt "
    "inboundmessage optoutreason linkopen suspiciousoptout consentform consentformversion notice topic sender",
) | {"compliance.view_contactrecord"}
HISTORY_MODELS = {app: [f"historical{model}" for model in models] for app, models in HISTORIES.items()}
VIEW_HISTORY = on_all("view", HISTORY_MODELS)
VIEW_ALL = on_all("view", MODELS) | VIEW_HISTORY
VIEW_RULES = may("view", "preferences", "rule appliedrules")
VIEW_CAMPAIGNS = (
    may("view", "campaigns", "breakdown campaign historicalcampaign lintoverride emergencystop")
    | may("view", "preferences", "topic sender notice")
    | VIEW_RULES
)
KEEP_POLICIES = (
    may("add change view", "compliance", "policydocument processor")
    | may("add view", "compliance", "policyversion")
    | may("view", "compliance", "policyreview reviewreminder reminderoutcome subjectrequest")
)

ROLES: dict[str, Permissions] = {
    "support": VIEW_CONTACTS
    | VIEW_RULES
    | may("add change", "preferences", "contact")
    | {
        "preferences.change_suppression",
        "preferences.record_consent",
        "preferences.review_inboundmessage",
        "preferences.resolve_suspiciousoptout",
    },
    "author": VIEW_CAMPAIGNS | may("add change submit", "campaigns", "campaign"),
    "approver": VIEW_CAMPAIGNS
    | may("view", "campaigns", "message deliveryevent")
    | may("approve send", "campaigns", "campaign")
    | {"campaigns.activate_emergencystop", "campaigns.allow_lintoverride"},
    "compliance officer": VIEW_CONTACTS
    | VIEW_HISTORY
    | KEEP_POLICIES
    | VIEW_RULES
    | may("add view publish", "preferences", "ruleproposal")
    | may("add view", "compliance", "forecast")
    | may("view", "campaigns", "breakdown campaign deliveryevent lintoverride message emergencystop")
    | {
        "campaigns.activate_emergencystop",
        "campaigns.allow_lintoverride",
        "preferences.view_evidence",
        "preferences.erase_contact",
        "preferences.review_inboundmessage",
        "preferences.review_optoutreason",
        "preferences.resolve_suspiciousoptout",
        "compliance.complete_policyreview",
        "compliance.answer_subjectrequest",
    },
    "auditor": VIEW_ALL | {"compliance.view_contactrecord"},
    "administrator": SERVICES
    | on_all("add change delete view", MODELS)
    | on_all("add change delete view", HISTORY_MODELS)
    | may("add change view", "auth", "user")
    | may("add change delete view", "auth", "group"),
}


def apply_roles(using: str = "default", **signal: Any) -> None:
    """Give every role exactly its permissions. Harmless twice; listens to post_migrate.

    A permission whose model is not migrated yet is left out, and given with the next migrate.
    """
    rows = _permissions(using)
    for role, names in ROLES.items():
        group, _created = Group.objects.using(using).get_or_create(name=role)
        group.permissions.set([rows[name] for name in names if name in rows])


def _permissions(using: str) -> dict[str, Permission]:
    apps = Q(content_type__app_label__in=[*MODELS, "auth"])
    found = Permission.objects.using(using).filter(apps).select_related("content_type")
    return {f"{row.content_type.app_label}.{row.codename}": row for row in found}
