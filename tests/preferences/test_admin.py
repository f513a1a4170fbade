"""The back office: what colleagues see, which button does what, and what nobody can do there."""

import pytest
from django.contrib.auth.models import User
from django.urls import reverse

from preferences import consent, links
from preferences.models import Address, ConsentEvent, Contact, Notice, Source, Suppression
from tests import factories, roles
from tests.conftest import subscribe

LEDGERS = ["consentevent", "subscription", "suppression", "reply", "inbound", "notice", "address", "leavereason"]


@pytest.fixture
def administrator(db, client):
    return signed_in(client, "administrator", username="boss")


@pytest.fixture
def support(db, client):
    return signed_in(client, "support", username="helper")


@pytest.fixture
def officer(db, client):
    return signed_in(client, "compliance officer", username="officer")


def signed_in(client, role, **person):
    client.colleague = roles.colleague(role, **person)
    client.force_login(client.colleague)
    return client


def page(model, name="changelist", *args):
    return reverse(f"admin:preferences_{model}_{name}", args=args)


def test_every_list_costs_the_same_for_many_as_for_few(administrator, topic, django_assert_max_num_queries):
    for_a_crowd(topic)

    for model in [*LEDGERS, "contact", "sender", "topic", "import"]:
        with django_assert_max_num_queries(16):
            assert administrator.get(page(model)).status_code == 200


def for_a_crowd(topic):
    people = [subscribe(factories.email_address(name=f"Person {number}"), topic) for number in range(20)]
    for address in people[:10]:
        consent.withdraw_all(address, sender=topic.sender, source=Source.LEAVE)


@pytest.mark.parametrize("model", LEDGERS)
def test_facts_and_sums_can_only_be_looked_at(administrator, model):
    assert administrator.get(page(model)).status_code == 200
    assert administrator.get(page(model, "add")).status_code == 403


@pytest.mark.parametrize("model", ["consentevent", "subscription", "suppression", "reply"])
def test_their_pages_open_and_refuse_to_save(administrator, subscriber, topic, model):
    consent.withdraw_all(subscriber, sender=topic.sender, source=Source.LEAVE)
    row = {
        "consentevent": subscriber.events.last(),
        "subscription": subscriber.subscriptions.get(),
        "suppression": Suppression.objects.get(),
        "reply": subscriber.replies.first(),
    }[model]

    assert administrator.get(page(model, "change", row.pk)).status_code == 200
    assert administrator.post(page(model, "change", row.pk), {}).status_code == 403
    assert administrator.post(page(model, "delete", row.pk), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("written", ["Ana@Example.org", " ana@example.ORG ", "ana@ex", "Ferreira"])
def test_people_are_found_by_address_in_any_spelling_or_by_name(support, written):
    factories.email_address("ana@example.org", name="Ana Ferreira")
    factories.email_address("bo@example.org", name="Bo Lind")

    listed = support.get(page("contact"), {"q": written}).content.decode()

    assert "Ana Ferreira" in listed
    assert "Bo Lind" not in listed


def test_a_phone_number_is_found_as_people_write_it(support):
    factories.phone_address("+442079460123", name="Ana Ferreira")

    assert "Ana Ferreira" in support.get(page("contact"), {"q": "+44 (0)20 7946 0123"}).content.decode()


def test_a_contact_shows_what_they_get_and_what_stops_it(support, subscriber, topic):
    consent.withdraw_all(subscriber, sender=topic.sender, source=Source.LEAVE)

    shown = support.get(page("contact", "change", subscriber.contact_id)).content.decode()

    assert subscriber.value in shown
    assert "Ended" in shown
    assert "Asked us to stop" in shown


def test_correcting_a_name_keeps_everything_else(support, subscriber):
    said = {"name": "Ana Ferreira", "language": "es", "country": "US", "region": "", "time_zone": ""}

    support.post(page("contact", "change", subscriber.contact_id), {**said, **inline()})

    contact = Contact.objects.get()
    assert (contact.name, contact.language) == ("Ana Ferreira", "es")
    assert contact.history.first().history_user == support.colleague


def inline():
    return {"addresses-TOTAL_FORMS": 0, "addresses-INITIAL_FORMS": 0}


def test_a_new_person_comes_with_an_address_and_without_consent(support):
    said = {"address": "Ana@Example.org", "name": "Ana", "language": "en"}

    answer = support.post(page("contact", "add"), said)

    assert answer.status_code == 302
    assert Address.objects.get().contact.name == "Ana"
    assert not ConsentEvent.objects.exists()


@pytest.mark.parametrize(
    ("written", "sentence"), [("ana@", "not an e-mail address"), ("ana@example.org", "We know this address already")]
)
def test_an_address_that_is_none_or_is_known_is_not_added(support, written, sentence):
    factories.email_address("ana@example.org")

    answer = support.post(page("contact", "add"), {"address": written, "language": "en"})

    assert sentence in answer.content.decode()
    assert Contact.objects.count() == 1


def test_a_no_on_the_phone_turns_everything_off_in_the_colleagues_name(support, subscriber, topic):
    button = reverse("admin:preferences_contact_record_a_no", args=[subscriber.contact_id])
    said = {"address": subscriber.pk, "method": "verbal", "sender": topic.sender_id, "words": "Never again!"}

    asked = support.get(button)
    assert not Suppression.objects.exists()
    support.post(button, said)

    event = subscriber.events.last()
    assert asked.status_code == 200
    assert (event.kind, event.source, event.method, event.by) == ("withdrawn", "staff", "verbal", support.colleague)
    assert event.evidence.words == "Never again!"
    assert Suppression.objects.get().reason == "stopped"


def test_somebody_elses_address_cannot_be_slipped_into_the_form(support, subscriber, topic):
    stranger = factories.email_address()
    button = reverse("admin:preferences_contact_record_a_no", args=[subscriber.contact_id])

    support.post(button, {"address": stranger.pk, "method": "verbal", "sender": topic.sender_id})

    assert not Suppression.objects.exists()


def test_erasing_asks_first_and_then_forgets(officer, subscriber):
    button = reverse("admin:preferences_contact_erase", args=[subscriber.contact_id])

    assert "cannot be undone" in officer.get(button).content.decode()
    assert Address.objects.live().exists()
    officer.post(button)

    assert not Address.objects.live().exists()
    assert Contact.objects.get().erased_at


def test_support_cannot_erase(support, subscriber):
    button = reverse("admin:preferences_contact_erase", args=[subscriber.contact_id])

    assert support.post(button).status_code == 403
    assert button not in support.get(page("contact", "change", subscriber.contact_id)).content.decode()
    assert Address.objects.live().exists()


def test_support_revokes_the_links_of_an_address(support, client, subscriber):
    link = links.manage_url(subscriber).removeprefix("http://testserver")

    support.post(reverse("admin:preferences_address_revoke_links", args=[subscriber.pk]))

    assert client.get(link).status_code == 404


def test_an_address_page_says_for_each_topic_whether_we_may_write(support, subscriber, topic):
    factories.TopicFactory(name="Appeals")

    shown = support.get(page("address", "change", subscriber.pk)).content.decode()

    assert "Yes" in shown
    assert "No: never subscribed" in shown


def test_a_bounce_is_lifted_with_a_reason_and_a_stop_never(support, subscriber, topic):
    bounced = consent.suppress(subscriber, Suppression.Reason.BOUNCED)
    stopped = consent.withdraw_all(subscriber, sender=topic.sender, source=Source.LEAVE)

    support.post(reverse("admin:preferences_suppression_lift", args=[bounced.pk]), {"because": "New mailbox"})
    answer = support.post(reverse("admin:preferences_suppression_lift", args=[stopped.pk]), {"because": "Please"})

    assert Suppression.objects.in_force().get() == stopped
    assert "Only the person can undo this" in answer.content.decode()


def test_lifting_without_a_reason_says_what_is_missing(support, subscriber):
    bounced = consent.suppress(subscriber, Suppression.Reason.BOUNCED)

    answer = support.post(reverse("admin:preferences_suppression_lift", args=[bounced.pk]), {"because": " "})

    assert "Write down why" in answer.content.decode()
    assert Suppression.objects.in_force().exists()


def test_a_notice_is_published_in_the_words_on_the_page(administrator, topic):
    button = reverse("admin:preferences_topic_publish_notice", args=[topic.pk])
    words = administrator.get(button).context["form"].initial | {"language": "es", "frequency": "Dos al mes"}

    administrator.post(button, words)

    notice = Notice.objects.current(topic, "es")
    assert (notice.frequency, notice.published_by) == ("Dos al mes", administrator.colleague)


def test_an_empty_slot_stops_publishing_with_its_sentence(administrator, topic):
    button = reverse("admin:preferences_topic_publish_notice", args=[topic.pk])
    words = administrator.get(button).context["form"].initial | {"language": "en", "how_to_leave": ""}

    answer = administrator.post(button, words)

    assert "cannot be published: fill in how to leave" in answer.content.decode()
    assert Notice.objects.count() == 1


def test_evidence_is_shown_to_those_who_may_see_it(officer, subscriber):
    shown = officer.get(page("consentevent", "change", subscriber.events.last().pk)).content.decode()

    assert "evidence-0" in shown
    assert "Yes: the evidence is what it was" in shown


def test_evidence_is_not_shown_to_support(support, subscriber):
    assert "evidence-0" not in support.get(page("consentevent", "change", subscriber.events.last().pk)).content.decode()


@pytest.mark.parametrize("filters", ["topic__all=1", "kind=granted", "topic=all", "occurred_at_from=2020-01-01"])
def test_the_ledger_is_filtered(officer, subscriber, filters):
    assert officer.get(f"{page('consentevent')}?{filters}").status_code in (200, 302)


def test_an_old_version_is_looked_at_and_never_brought_back(administrator, subscriber):
    version = subscriber.contact.history.first()
    place = page("contact", "simple_history", subscriber.contact_id, version.pk)

    assert "Revert" not in administrator.get(place).content.decode()
    assert administrator.post(place, {"name": "Somebody else"}).status_code == 403


def test_an_old_version_of_what_nobody_edits_is_shown(administrator, subscriber, topic):
    consent.withdraw_all(subscriber, sender=topic.sender, source=Source.TEXT)
    rows = [subscriber, subscriber.subscriptions.get(), Suppression.objects.get()]
    versions = [page(row._meta.model_name, "simple_history", row.pk, row.history.first().pk) for row in rows]

    assert [administrator.get(place).status_code for place in versions] == [200, 200, 200]


def test_a_closed_page_leads_back_to_the_open_ones(support):
    answer = support.get(reverse("admin:auth_user_changelist"))

    assert answer.status_code == 403
    assert reverse("admin:index") in answer.content.decode()


def test_a_ledger_has_no_history_page(administrator, subscriber):
    assert administrator.get(page("consentevent", "history", subscriber.events.first().pk)).status_code == 404


def test_colleagues_are_deactivated_and_never_deleted(administrator):
    other = factories.UserFactory()

    answer = administrator.post(reverse("admin:auth_user_delete", args=[other.pk]), {"post": "yes"})

    assert answer.status_code == 403
    assert administrator.get(reverse("admin:auth_user_change", args=[other.pk])).status_code == 200
    assert administrator.get(reverse("admin:auth_user_history", args=[other.pk])).status_code == 200


def test_an_administrator_makes_nobody_a_superuser(administrator):
    other = factories.UserFactory(username="other")
    superuser = User.objects.create_superuser("root", password="not a real secret")
    said = {"username": "other", "is_active": "on", "is_staff": "on", "is_superuser": "on"}

    administrator.post(reverse("admin:auth_user_change", args=[other.pk]), said)
    answer = administrator.post(reverse("admin:auth_user_change", args=[superuser.pk]), {"username": "mine"})

    other.refresh_from_db()
    assert not other.is_superuser
    assert answer.status_code == 403
