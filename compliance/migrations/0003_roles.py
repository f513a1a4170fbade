"""Who may do what: six groups, so that a colleague is given a role and not a list of permissions.

Permissions are made after all migrations have run, so a fresh database has none yet: the rows are made here,
exactly as Django would make them.
"""

from django.db import migrations

MODELS = {
    "preferences": [
        "address",
        "addresschange",
        "checkpoint",
        "consentevent",
        "consentform",
        "consentformversion",
        "contact",
        "doubtfulleave",
        "evidence",
        "handover",
        "import",
        "inbound",
        "leavereason",
        "ledgerleaf",
        "limit",
        "linkhit",
        "notice",
        "receipt",
        "reply",
        "rule",
        "ruleproposal",
        "sender",
        "subscription",
        "suppression",
        "termsrecord",
        "topic",
        "historicaladdress",
        "historicalconsentform",
        "historicalcontact",
        "historicallimit",
        "historicalruleproposal",
        "historicalsender",
        "historicalsubscription",
        "historicalsuppression",
        "historicaltopic",
    ],
    "campaigns": [
        "breakdown",
        "campaign",
        "deliveryevent",
        "lintoverride",
        "message",
        "stopswitch",
        "historicalcampaign",
        "historicalstopswitch",
    ],
    "compliance": [
        "forecast",
        "policydocument",
        "policyreview",
        "policyversion",
        "processor",
        "reminderoutcome",
        "reviewreminder",
        "subjectrequest",
        "historicalpolicydocument",
        "historicalpolicyreview",
        "historicalprocessor",
        "historicalsubjectrequest",
    ],
}
# The permissions beyond add, change, delete and view: the model they belong to, and their names.
NAMED = {
    "preferences.erase_contact": ("contact", "Can forget a person on request"),
    "preferences.record_consent": ("consentevent", "Can write down consent given by voice or on paper"),
    "preferences.decide_inbound": ("inbound", "Can decide what a doubtful message means"),
    "preferences.review_leavereason": ("leavereason", "Can look into why somebody says they never signed up"),
    "preferences.settle_doubtfulleave": ("doubtfulleave", "Can offer a way back after a doubtful opt-out"),
    "preferences.publish_ruleproposal": ("ruleproposal", "Can publish or decline a rule somebody else proposed"),
    "campaigns.throw_stopswitch": ("stopswitch", "Can stop all sending, and let it go on"),
    "campaigns.allow_lintoverride": ("lintoverride", "Can allow words that break rules of content"),
    "campaigns.submit_campaign": ("campaign", "Can submit a campaign for review"),
    "campaigns.approve_campaign": ("campaign", "Can approve a campaign somebody else wrote"),
    "campaigns.send_campaign": ("campaign", "Can schedule, start, pause, resume and cancel a campaign"),
    "compliance.sign_policyreview": ("policyreview", "Can sign a policy review"),
    "compliance.answer_subjectrequest": ("subjectrequest", "Can carry out or refuse a request about own data"),
    "compliance.view_dossier": ("person", "Can read everything we hold about a person"),
}


def may(actions, app, models):
    return {f"{app}.{action}_{model}" for action in actions.split() for model in models}


SEE_PEOPLE = may(
    "view",
    "preferences",
    (
        "contact address addresschange consentevent subscription limit suppression reply receipt inbound leavereason "
        "linkhit doubtfulleave consentform consentformversion notice topic sender"
    ).split(),
) | {"compliance.view_dossier"}
SEE_HISTORY = set().union(
    *(may("view", app, [model for model in models if model.startswith("historical")]) for app, models in MODELS.items())
)
SEE_ALL = set().union(*(may("view", app, models) for app, models in MODELS.items()))
SEE_RULES = may("view", "preferences", ["rule", "termsrecord"])
SEE_CAMPAIGNS = (
    may("view", "campaigns", ["breakdown", "campaign", "historicalcampaign", "lintoverride", "stopswitch"])
    | may("view", "preferences", ["topic", "sender", "notice"])
    | SEE_RULES
)
OFFICE = may("add change view", "compliance", ["policydocument", "processor"]) | may(
    "add view", "compliance", ["policyversion"]
) | may("view", "compliance", ["policyreview", "reviewreminder", "reminderoutcome", "subjectrequest"])

ROLES = {
    "support": SEE_PEOPLE
    | SEE_RULES
    | {
        "preferences.add_contact",
        "preferences.change_contact",
        "preferences.change_suppression",
        "preferences.record_consent",
        "preferences.decide_inbound",
        "preferences.settle_doubtfulleave",
    },
    "author": SEE_CAMPAIGNS | {"campaigns.add_campaign", "campaigns.change_campaign", "campaigns.submit_campaign"},
    "approver": SEE_CAMPAIGNS
    | may("view", "campaigns", ["message", "deliveryevent"])
    | {
        "campaigns.approve_campaign",
        "campaigns.send_campaign",
        "campaigns.throw_stopswitch",
        "campaigns.allow_lintoverride",
    },
    "compliance officer": SEE_PEOPLE
    | SEE_HISTORY
    | OFFICE
    | SEE_RULES
    | may("add view", "preferences", ["ruleproposal"])
    | may("add view", "compliance", ["forecast"])
    | may("view", "campaigns", ["breakdown", "campaign", "deliveryevent", "lintoverride", "message", "stopswitch"])
    | {
        "preferences.publish_ruleproposal",
        "campaigns.throw_stopswitch",
        "campaigns.allow_lintoverride",
        "preferences.view_evidence",
        "preferences.erase_contact",
        "preferences.decide_inbound",
        "preferences.review_leavereason",
        "preferences.settle_doubtfulleave",
        "compliance.sign_policyreview",
        "compliance.answer_subjectrequest",
    },
    "auditor": SEE_ALL | {"compliance.view_dossier"},
    "administrator": set(NAMED).union(
        *(may("add change delete view", app, models) for app, models in MODELS.items()),
        may("add change view", "auth", ["user"]),
        may("add change delete view", "auth", ["group"]),
    ),
}


def make(apps, schema_editor):
    """Harmless twice: adds what is missing, takes away nothing."""
    alias = schema_editor.connection.alias
    groups = apps.get_model("auth", "Group").objects.using(alias)
    rows = {name: permission(apps, alias, name) for name in set().union(*ROLES.values())}
    for role, names in ROLES.items():
        groups.get_or_create(name=role)[0].permissions.add(*(rows[name] for name in names))


def permission(apps, alias, name):
    app, codename = name.split(".")
    model, label = NAMED.get(name) or described(apps, app, codename)
    content_type, _new = apps.get_model("contenttypes", "ContentType").objects.using(alias).get_or_create(
        app_label=app, model=model
    )
    return apps.get_model("auth", "Permission").objects.using(alias).get_or_create(
        content_type=content_type, codename=codename, defaults={"name": label}
    )[0]


def described(apps, app, codename):
    action, model = codename.split("_", 1)
    return model, f"Can {action} {apps.get_model(app, model)._meta.verbose_name_raw}"


def remove(apps, schema_editor):
    """The groups go; permissions stay, Django would make them again."""
    groups = apps.get_model("auth", "Group").objects.using(schema_editor.connection.alias)
    groups.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("compliance", "0002_append_only"),
        ("campaigns", "0002_append_only"),
        ("preferences", "0003_rulebook"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(make, remove)]
