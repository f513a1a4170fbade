"""Who may do what, role by role."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from compliance.roles import ROLES, apply_roles
from tests import factories, roles

FLOORS = ["preferences", "campaigns", "compliance"]

# Every permission that makes a difference, and exactly the roles that have it.
MATRIX = {
    "preferences.view_contact": "support, compliance officer, auditor, administrator",
    "preferences.add_contact": "support, administrator",
    "preferences.change_contact": "support, administrator",
    "preferences.delete_contact": "administrator",
    "preferences.erase_contact": "compliance officer, administrator",
    "preferences.view_address": "support, compliance officer, auditor, administrator",
    "preferences.view_consentevent": "support, compliance officer, auditor, administrator",
    "preferences.add_consentevent": "administrator",
    "preferences.view_evidence": "compliance officer, auditor, administrator",
    "preferences.view_subscription": "support, compliance officer, auditor, administrator",
    "preferences.change_subscription": "administrator",
    "preferences.view_suppression": "support, compliance officer, auditor, administrator",
    "preferences.change_suppression": "support, administrator",
    "preferences.view_servicemessage": "support, compliance officer, auditor, administrator",
    "preferences.view_inboundmessage": "support, compliance officer, auditor, administrator",
    "preferences.review_inboundmessage": "support, compliance officer, administrator",
    "preferences.view_optoutreason": "support, compliance officer, auditor, administrator",
    "preferences.review_optoutreason": "compliance officer, administrator",
    "preferences.view_frequencycap": "support, compliance officer, auditor, administrator",
    "preferences.change_frequencycap": "administrator",
    "preferences.view_historicalfrequencycap": "compliance officer, auditor, administrator",
    "preferences.view_linkopen": "support, compliance officer, auditor, administrator",
    "preferences.view_suspiciousoptout": "support, compliance officer, auditor, administrator",
    "preferences.resolve_suspiciousoptout": "support, compliance officer, administrator",
    "preferences.view_consentform": "support, compliance officer, auditor, administrator",
    "preferences.add_consentform": "administrator",
    "preferences.change_consentform": "administrator",
    "preferences.view_consentformversion": "support, compliance officer, auditor, administrator",
    "preferences.add_consentformversion": "administrator",
    "preferences.record_consent": "support, administrator",
    "preferences.view_receipt": "support, compliance officer, auditor, administrator",
    "preferences.view_addresschange": "support, compliance officer, auditor, administrator",
    "preferences.view_topic": "support, author, approver, compliance officer, auditor, administrator",
    "preferences.change_topic": "administrator",
    "preferences.add_notice": "administrator",
    "preferences.add_import": "administrator",
    "preferences.view_historicalcontact": "compliance officer, auditor, administrator",
    "campaigns.view_campaign": "author, approver, compliance officer, auditor, administrator",
    "campaigns.add_campaign": "author, administrator",
    "campaigns.change_campaign": "author, administrator",
    "campaigns.submit_campaign": "author, administrator",
    "campaigns.approve_campaign": "approver, administrator",
    "campaigns.send_campaign": "approver, administrator",
    "campaigns.view_message": "approver, compliance officer, auditor, administrator",
    "campaigns.view_historicalcampaign": "author, approver, compliance officer, auditor, administrator",
    "compliance.view_policydocument": "compliance officer, auditor, administrator",
    "compliance.add_policydocument": "compliance officer, administrator",
    "compliance.change_policydocument": "compliance officer, administrator",
    "compliance.add_policyversion": "compliance officer, administrator",
    "compliance.complete_policyreview": "compliance officer, administrator",
    "compliance.view_reviewreminder": "compliance officer, auditor, administrator",
    "compliance.view_processor": "compliance officer, auditor, administrator",
    "compliance.add_processor": "compliance officer, administrator",
    "compliance.change_processor": "compliance officer, administrator",
    "compliance.delete_processor": "administrator",
    "compliance.view_historicalprocessor": "compliance officer, auditor, administrator",
    "compliance.view_subjectrequest": "compliance officer, auditor, administrator",
    "compliance.add_subjectrequest": "administrator",
    "compliance.change_subjectrequest": "administrator",
    "compliance.delete_subjectrequest": "administrator",
    "compliance.answer_subjectrequest": "compliance officer, administrator",
    "compliance.view_historicalsubjectrequest": "compliance officer, auditor, administrator",
    "preferences.change_addresschange": "administrator",
    "compliance.view_contactrecord": "support, compliance officer, auditor, administrator",
    "preferences.view_rule": "support, author, approver, compliance officer, auditor, administrator",
    "preferences.add_rule": "administrator",
    "preferences.change_rule": "administrator",
    "preferences.delete_rule": "administrator",
    "preferences.view_ruleproposal": "compliance officer, auditor, administrator",
    "preferences.add_ruleproposal": "compliance officer, administrator",
    "preferences.change_ruleproposal": "administrator",
    "preferences.publish_ruleproposal": "compliance officer, administrator",
    "preferences.view_historicalruleproposal": "compliance officer, auditor, administrator",
    "preferences.view_appliedrules": "support, author, approver, compliance officer, auditor, administrator",
    "preferences.add_appliedrules": "administrator",
    "campaigns.view_breakdown": "author, approver, compliance officer, auditor, administrator",
    "campaigns.add_breakdown": "administrator",
    "campaigns.view_lintoverride": "author, approver, compliance officer, auditor, administrator",
    "campaigns.add_lintoverride": "administrator",
    "campaigns.allow_lintoverride": "approver, compliance officer, administrator",
    "campaigns.view_emergencystop": "author, approver, compliance officer, auditor, administrator",
    "campaigns.add_emergencystop": "administrator",
    "campaigns.activate_emergencystop": "approver, compliance officer, administrator",
    "campaigns.view_historicalemergencystop": "compliance officer, auditor, administrator",
    "compliance.view_forecast": "compliance officer, auditor, administrator",
    "compliance.add_forecast": "compliance officer, administrator",
    "compliance.change_forecast": "administrator",
    "auth.view_user": "administrator",
    "auth.add_user": "administrator",
    "auth.change_user": "administrator",
    "auth.delete_user": "",
    "auth.change_group": "administrator",
}


@pytest.fixture
def groups(db):
    roles.at_hand()


@pytest.mark.parametrize(("permission", "expected"), MATRIX.items())
def test_a_permission_is_held_by_exactly_the_roles_in_the_matrix(groups, permission, expected):
    app, codename = permission.split(".")

    held = Permission.objects.get(content_type__app_label=app, codename=codename).group_set

    assert set(held.values_list("name", flat=True)) == set(filter(None, expected.split(", ")))


def own_permissions():
    return Permission.objects.filter(content_type__app_label__in=FLOORS)


def test_the_auditor_may_see_every_row_there_is_and_nothing_else(groups):
    held = set(Group.objects.get(name="auditor").permissions.values_list("codename", flat=True))

    assert held == set(own_permissions().filter(codename__startswith="view_").values_list("codename", flat=True))


def test_the_administrator_may_do_everything_on_the_three_floors(groups):
    held = Group.objects.get(name="administrator").permissions.filter(content_type__app_label__in=FLOORS)

    assert set(held) == set(own_permissions())


def test_applying_the_roles_twice_changes_nothing(groups):
    before = set(Group.permissions.through.objects.values_list("group__name", "permission__codename"))
    apply_roles()

    assert set(Group.permissions.through.objects.values_list("group__name", "permission__codename")) == before


def test_the_roles_name_only_permissions_that_models_declare(groups):
    declared = {f"{app}.{name}" for app, name in Permission.objects.values_list("content_type__app_label", "codename")}

    assert frozenset().union(*ROLES.values()) - declared == frozenset()


def test_a_permission_that_a_role_lost_in_the_table_is_taken_away_with_the_next_migrate(groups):
    author = Group.objects.get(name="author")
    author.permissions.add(Permission.objects.get(codename="approve_campaign"))
    call_command("migrate", verbosity=0)

    assert not author.permissions.filter(codename="approve_campaign").exists()


def test_groups_of_an_installation_are_left_alone(groups):
    own = Group.objects.create(name="night shift")
    own.permissions.add(Permission.objects.get(codename="view_message"))
    apply_roles()

    assert [row.codename for row in own.permissions.all()] == ["view_message"]


# The auditor, at every door of the back office.

OURS = [model for model in admin.site._registry if model._meta.app_label in FLOORS]


@pytest.fixture
def campaign(topic):
    return factories.CampaignFactory(topic=topic)


def door(model, name, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{name}", args=args)


def named(model):
    return model._meta.label


@pytest.fixture
def auditor(db):
    client = Client()
    client.force_login(roles.colleague("auditor"))
    return client


@pytest.mark.parametrize("model", OURS, ids=named)
def test_the_auditor_can_open_every_list(auditor, model):
    assert auditor.get(door(model, "changelist")).status_code == 200


@pytest.mark.parametrize("model", OURS, ids=named)
def test_the_auditor_can_add_nothing(auditor, model):
    assert auditor.post(door(model, "add"), {}).status_code == 403


# Models of which the fixtures below make a row.
ROWS = ["Contact", "Address", "Topic", "Sender", "Notice", "ConsentEvent", "Subscription", "ServiceMessage", "Campaign"]
ROWS += ["PolicyDocument", "PolicyVersion", "PolicyReview", "Rule"]
CHANGEABLE = [model for model in OURS if model.__name__ in ROWS]


@pytest.mark.parametrize("model", CHANGEABLE, ids=named)
def test_the_auditor_can_look_at_a_row_and_not_change_it(auditor, subscriber, review, campaign, model):
    page = door(model, "change", model.objects.first().pk)

    assert auditor.get(page).status_code == 200
    assert auditor.post(page, {}).status_code == 403


def buttons():
    """Every button on every page."""
    pages = [(model, admin.site._registry[model]) for model in OURS]
    placed = [(model, page, page.actions_detail, [1]) for model, page in pages]
    placed += [(model, page, page.actions_row, [1]) for model, page in pages]
    placed += [(model, page, page.actions_list, []) for model, page in pages]
    return [
        pytest.param(getattr(page, name), door(model, name, *args), id=f"{model._meta.label}.{name}")
        for model, page, actions, args in placed
        for name in page._extract_action_names(actions)
    ]


def is_a_look(button):
    return all(name.rpartition(".")[2].startswith("view") for name in getattr(button, "allowed_permissions", []))


@pytest.mark.parametrize(("button", "url"), buttons())
def test_every_button_names_who_may_press_it(button, url):
    assert button.allowed_permissions


@pytest.mark.parametrize(("button", "url"), [case for case in buttons() if not is_a_look(case.values[0])])
def test_the_auditor_can_press_no_button_that_changes_something(auditor, button, url):
    assert auditor.post(url, {}).status_code == 403
