"""What holds on every page of the back office: facts are looked at, old versions too, and no list grows slow."""

import pytest
from django.urls import reverse

from preferences.consent import service as consent
from preferences.models import Source, Suppression
from tests import factories, roles
from tests.conftest import subscribe
from tests.preferences.admin.admin_urls import page

LEDGERS = [
    "consentevent",
    "subscription",
    "suppression",
    "servicemessage",
    "inboundmessage",
    "notice",
    "address",
    "optoutreason",
]


def test_every_list_costs_the_same_for_many_as_for_few(administrator, topic, django_assert_max_num_queries):
    for_a_crowd(topic)

    for model in [*LEDGERS, "contact", "sender", "topic", "import"]:
        with django_assert_max_num_queries(16):
            assert administrator.get(page(model)).status_code == 200


def for_a_crowd(topic):
    people = [subscribe(factories.email_address(name=f"Person {number}"), topic) for number in range(20)]
    for address in people[:10]:
        consent.withdraw_all(address, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)


@pytest.mark.parametrize("model", LEDGERS)
def test_facts_and_sums_can_only_be_looked_at(administrator, model):
    assert administrator.get(page(model)).status_code == 200
    assert administrator.get(page(model, "add")).status_code == 403


@pytest.mark.parametrize("model", ["consentevent", "subscription", "suppression", "servicemessage"])
def test_their_pages_open_and_refuse_to_save(administrator, subscriber, topic, model):
    consent.withdraw_all(subscriber, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)
    row = {
        "consentevent": subscriber.events.last(),
        "subscription": subscriber.subscriptions.get(),
        "suppression": Suppression.objects.get(),
        "servicemessage": subscriber.service_messages.first(),
    }[model]

    assert administrator.get(page(model, "change", row.pk)).status_code == 200
    assert administrator.post(page(model, "change", row.pk), {}).status_code == 403
    assert administrator.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403


def test_an_old_version_is_looked_at_and_never_brought_back(administrator, subscriber):
    version = subscriber.contact.history.first()
    place = page("contact", "simple_history", subscriber.contact_id, version.pk)

    assert "Revert" not in administrator.get(place).content.decode()
    assert administrator.post(place, {"name": "Somebody else"}).status_code == 403


def test_an_old_version_of_what_nobody_edits_is_shown(administrator, subscriber, topic):
    consent.withdraw_all(subscriber, sender=topic.sender, source=Source.SMS)
    rows = [subscriber, subscriber.subscriptions.get(), Suppression.objects.get()]
    versions = [page(row._meta.model_name, "simple_history", row.pk, row.history.first().pk) for row in rows]

    assert [administrator.get(place).status_code for place in versions] == [200, 200, 200]


def test_a_closed_page_leads_back_to_the_open_ones(support):
    answer = support.get(reverse("admin:auth_user_changelist"))

    assert answer.status_code == 403
    assert reverse("admin:index") in answer.content.decode()


def test_a_ledger_has_no_history_page(administrator, subscriber):
    assert administrator.get(page("consentevent", "history", subscriber.events.first().pk)).status_code == 404


@pytest.mark.parametrize("address", ["/admin/", "/admin/preferences/contact/", "/admin/preferences/sender/add/"])
def test_a_page_names_its_main_part_once(administrator, address):
    page = administrator.get(address).content.decode()

    assert page.count('role="main"') == 1
    assert page.index('role="main"') < page.index('id="content"')


@pytest.mark.parametrize(("role", "status"), [("support", 403), ("compliance officer", 200), ("auditor", 200)])
def test_the_history_of_a_row_is_for_those_who_may_view_histories(client, subscriber, role, status):
    client.force_login(roles.colleague(role))

    assert client.get(page("contact", "history", subscriber.contact_id)).status_code == status
