"""The preferences page: what a person sees and what they may change there."""

import pytest
from django.urls import reverse

from preferences.consent import service as consent
from preferences.contacts import address_change
from preferences.links import tokens
from preferences.models import ConsentEvent, ServiceMessage, Source, Subscription, Suppression
from tests import factories
from tests.conftest import subscribe
from tests.preferences.web.visitors import filled, fresh, managed

Status = Subscription.Status
PAGE = "/preferences/"


def box(address, topic):
    return f"a{address.pk}-t{topic.pk}"


@pytest.fixture
def other(topic):
    """A second topic of the same sender."""
    return factories.TopicFactory(sender=topic.sender, name="Recipes")


def test_a_manage_link_shows_what_is_sent_and_hides_the_address(client, subscriber, topic):
    page = managed(client, subscriber)

    assert page.redirect_chain == [(PAGE, 303)]
    assert topic.name in page.content.decode()
    assert topic.frequency in page.content.decode()
    assert subscriber.value not in page.content.decode()
    assert subscriber.masked in page.content.decode()


def test_taking_a_tick_away_stops_that_topic_alone(client, subscriber, topic, other):
    subscribe(subscriber, other)
    page = managed(client, subscriber)

    client.post(PAGE, filled(page, **{box(subscriber, topic): None}))

    standing = dict(subscriber.subscriptions.values_list("topic", "status"))
    assert standing == {topic.pk: Status.ENDED, other.pk: Status.ACTIVE}
    event = subscriber.events.last()
    assert (event.source, event.evidence.page) == (Source.PREFERENCES, PAGE)


def test_what_was_saved_is_said(client, subscriber, topic):
    page = managed(client, subscriber)

    saved = client.post(PAGE, filled(page, **{box(subscriber, topic): None}), follow=True)

    assert 'role="status">Saved.' in saved.content.decode()


def test_several_ticks_taken_away_are_one_act_with_one_answer(client, subscriber, topic, other):
    subscribe(subscriber, other)
    page = managed(client, subscriber)

    client.post(PAGE, filled(page, **{box(subscriber, topic): None, box(subscriber, other): None}))

    assert subscriber.service_messages.filter(kind=ServiceMessage.Kind.UNSUBSCRIBED).count() == 1
    assert subscriber.events.filter(kind="withdrawn").values("interaction_id").distinct().count() == 1


def test_an_unchanged_form_says_nothing(client, subscriber):
    page = managed(client, subscriber)
    before = ConsentEvent.objects.count()

    client.post(PAGE, filled(page))

    assert ConsentEvent.objects.count() == before


def test_a_manage_link_cannot_add_anything(client, subscriber, other):
    page = managed(client, subscriber)

    answer = client.post(PAGE, filled(page, **{box(subscriber, other): "on"}), follow=True)

    assert not subscriber.subscriptions.filter(topic=other).exists()
    assert "To subscribe to more, get a secure link" in answer.content.decode()


def test_a_fresh_link_adds_under_the_words_shown_and_is_confirmed(client, subscriber, other):
    page = fresh(client, subscriber)
    assert other.notices.get().how_to_unsubscribe in page.content.decode()

    client.post(PAGE, filled(page, **{box(subscriber, other): "on"}))

    granted = subscriber.subscriptions.get(topic=other)
    assert granted.status == Status.ACTIVE
    assert granted.event.notice == other.notices.get()
    assert (
        subscriber.service_messages.filter(
            kind=ServiceMessage.Kind.SUBSCRIBED, interaction_id=granted.event.interaction_id
        ).count()
        == 1
    )


def test_a_fresh_link_takes_back_the_persons_own_stop(client, subscriber, topic):
    consent.withdraw_all(subscriber, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)
    page = fresh(client, subscriber)

    client.post(PAGE, filled(page, **{box(subscriber, topic): "on"}))

    assert subscriber.subscriptions.get().status == Status.ACTIVE
    assert not Suppression.objects.in_force().exists()


def test_half_an_hour_after_the_link_was_made_nothing_can_be_added(client, subscriber, other, time_machine):
    time_machine.move_to("2026-05-01 10:00", tick=False)
    link = tokens.secure_url(subscriber)
    time_machine.shift(29 * 60)
    page = client.get(link, follow=True)
    time_machine.shift(2 * 60)

    client.post(PAGE, filled(page, **{box(subscriber, other): "on"}))

    assert not subscriber.subscriptions.filter(topic=other).exists()


def test_a_page_opened_before_a_newer_stop_does_not_undo_it(client, subscriber, topic):
    page = fresh(client, subscriber)
    consent.withdraw_all(subscriber, sender=topic.sender, source=Source.SMS)

    client.post(PAGE, filled(page))

    assert subscriber.subscriptions.get().status == Status.ENDED


def test_words_changed_while_reading_are_shown_before_they_are_agreed_to(client, subscriber, other):
    page = fresh(client, subscriber)
    factories.notices.publish(other, frequency="Every day")

    answer = client.post(PAGE, filled(page, **{box(subscriber, other): "on"}))

    assert answer.status_code == 422
    assert not subscriber.subscriptions.filter(topic=other).exists()


def test_everything_off_is_one_button_for_all_addresses_of_the_person(client, subscriber, texter, topic):
    phone = factories.contacts.add_address("sms", "+12075550177", contact=subscriber.contact)
    subscribe(phone, topic)
    page = managed(client, subscriber)

    answer = client.post(PAGE, filled(page, everything="off"), follow=True)

    assert not Subscription.objects.active().filter(address__contact=subscriber.contact).exists()
    assert Suppression.objects.in_force().filter(reason="stopped").count() == 2
    assert texter.subscriptions.get().status == Status.ACTIVE
    assert "You are unsubscribed from all messages" in answer.content.decode()


def test_another_address_of_the_person_is_masked_and_can_only_be_reduced(client, subscriber, topic, other):
    phone = factories.contacts.add_address("sms", "+12075550178", contact=subscriber.contact)
    subscribe(phone, topic)
    page = fresh(client, subscriber)

    client.post(PAGE, filled(page, **{box(phone, topic): None, box(phone, other): "on"}))

    assert phone.value not in page.content.decode()
    assert phone.subscriptions.get().status == Status.ENDED


def test_boxes_of_somebody_else_change_nothing_of_theirs(client, subscriber, topic):
    stranger = subscribe(factories.email_address("zoe@other.test"), topic)
    page = managed(client, subscriber)

    client.post(PAGE, filled(page, **{f"initial-{box(stranger, topic)}": "True"}))

    assert stranger.subscriptions.get().status == Status.ACTIVE
    assert stranger.masked not in page.content.decode()


def test_two_links_of_two_people_in_one_browser_do_not_mix(client, subscriber, topic):
    theirs = managed(client, subscriber)
    other_person = subscribe(factories.email_address(), topic)
    managed(client, other_person)

    answer = client.post(PAGE, filled(theirs, everything="off"))

    assert answer.status_code == 409
    assert not Suppression.objects.exists()


def test_a_link_to_an_address_she_moved_away_from_shows_nothing_of_the_new_one(client, subscriber, topic, notice):
    new = address_change.confirm(address_change.request(subscriber, "email", "ana.new@example.org"), notices=[notice])
    subscriber.refresh_from_db()

    page = fresh(client, subscriber)
    client.post(PAGE, filled(page, **{box(subscriber, topic): "on", box(new, topic): None, "everything": "off"}))

    assert new.masked not in page.content.decode()
    assert new.subscriptions.get(topic=topic).status == Status.ACTIVE
    assert subscriber.subscriptions.get(topic=topic).status == Status.ENDED


def test_an_address_she_moved_away_from_is_not_offered_any_more(client, subscriber, topic, notice):
    new = address_change.confirm(address_change.request(subscriber, "email", "ana.new@example.org"), notices=[notice])

    page = managed(client, new).content.decode()

    assert (topic.name in page, subscriber.masked in page) == (True, False)


def test_somebody_elses_manage_link_ends_the_right_to_add(client, subscriber, other):
    fresh(client, subscriber)

    page = managed(client, subscribe(factories.email_address(), other))

    assert "sayso-secure" not in client.cookies or not client.cookies["sayso-secure"].value
    assert "To subscribe to more, get a secure link" in page.content.decode()


def test_a_private_topic_is_not_offered_to_be_added(client, subscriber, topic):
    hidden = factories.TopicFactory(sender=topic.sender, name="Staff only", is_public=False)
    page = fresh(client, subscriber)

    client.post(PAGE, filled(page, **{box(subscriber, hidden): "on"}))

    assert "Staff only" not in page.content.decode()
    assert not subscriber.subscriptions.filter(topic=hidden).exists()


def test_somebody_who_said_never_again_is_told_what_takes_it_back_and_can_add_nothing(client, subscriber, topic, other):
    consent.withdraw_permanently(subscriber, sender=topic.sender, source=Source.PREFERENCES)
    page = fresh(client, subscriber)

    client.post(PAGE, filled(page, **{box(subscriber, other): "on"}))

    assert "Only a new sign-up that you confirm reverses this." in page.content.decode()
    assert not subscriber.subscriptions.active().exists()


def test_names_typed_by_staff_are_never_run_as_templates_or_markup(client, subscriber, topic):
    factories.TopicFactory(sender=topic.sender, name="{{ form }}{% now 'Y' %}<script>", description="<b>{{ 1 }}")

    page = fresh(client, subscriber).content.decode()

    assert "{{ form }}{% now &#x27;Y&#x27; %}&lt;script&gt;" in page
    assert "<script" not in page


def test_the_page_asks_the_database_as_often_for_many_topics_as_for_one(
    client, subscriber, topic, django_assert_num_queries
):
    managed(client, subscriber)
    subscribe(subscriber, *factories.TopicFactory.create_batch(8, sender=topic.sender))

    with django_assert_num_queries(11):
        client.get(PAGE)


def test_without_a_cookie_the_page_says_how_to_come_in(client, db):
    answer = client.get(PAGE)

    assert answer.status_code == 403
    assert "open your link again" in answer.content.decode()


@pytest.mark.parametrize("name", ["senders", "secure-link-request", "secure-link-sent"])
def test_public_pages_carry_the_headers_that_keep_them_private(client, db, name):
    answer = client.get(reverse(f"preferences:{name}"))

    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "script-src" not in answer["Content-Security-Policy"]
    assert (answer["Cache-Control"], answer["X-Frame-Options"]) == ("no-store", "DENY")
    assert "<script" not in answer.content.decode()
    assert '<html lang="en">' in answer.content.decode()


def test_somebody_who_gets_nothing_is_told_so(client, subscriber, topic):
    consent.withdraw_all(subscriber, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)

    page = managed(client, subscriber).content.decode()

    assert "Nothing is sent to you." in page
    assert ">Save<" not in page
