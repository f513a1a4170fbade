"""A browser asks that its owner's data is never sold or shared: heard, shown, kept, and nothing else."""

import pytest
from django.test import Client
from django.urls import reverse

from preferences.consent import service as consent
from preferences.contacts import service as contacts
from preferences.models import Contact, Source, Subscription
from tests.preferences.web import visitors

HEARD = "Your browser asks that your data is never sold or shared."
ON_RECORD = "your request is recorded"
PAGE = "/preferences/"


def asking(value="1"):
    return Client(headers={"Sec-GPC": value})


def wish(address):
    return Contact.objects.get(pk=address.contact_id).sale_share_optout_at


def test_a_stranger_is_told_that_we_never_sell_and_nothing_is_kept(subscriber):
    shown = asking().get(reverse("preferences:senders")).content.decode()

    assert HEARD in shown
    assert ON_RECORD not in shown
    assert wish(subscriber) is None


@pytest.mark.parametrize("value", ["0", "", "true", "01", "1.0", "11", "1;a=1", "١", "yes", "1 1"])
def test_any_other_value_is_as_if_it_were_absent(subscriber, value):
    client = asking(value)

    shown = visitors.managed(client, subscriber).content.decode()

    assert HEARD not in shown
    assert wish(subscriber) is None


@pytest.mark.parametrize("value", ["1", "1,1", "0, 1", " 1 "])
def test_of_several_headers_one_is_enough(db, value):
    assert HEARD in asking(value).get(reverse("preferences:senders")).content.decode()


@pytest.mark.parametrize("opened", [visitors.managed, visitors.fresh])
def test_whoever_opened_a_link_has_their_wish_on_record(subscriber, opened):
    shown = opened(asking(), subscriber).content.decode()

    assert ON_RECORD in shown
    assert wish(subscriber)


def test_a_leave_link_is_enough_to_know_whose_wish_it_is(subscriber, topic):
    from_mail = visitors.tokens.unsubscribe_url(subscriber, topic)

    assert ON_RECORD in visitors.open_link(asking(), from_mail).content.decode()
    assert wish(subscriber)


def test_it_is_no_opt_out(subscriber, topic):
    visitors.managed(asking(), subscriber)

    assert subscriber.subscriptions.get(topic=topic).status == Subscription.Status.ACTIVE
    assert not subscriber.events.filter(kind="withdrawn").exists()


def test_it_is_kept_once_and_a_later_visit_without_it_takes_nothing_back(subscriber):
    visitors.managed(asking(), subscriber)
    first = wish(subscriber)

    visitors.managed(asking(), subscriber)
    visitors.managed(Client(), subscriber)

    assert wish(subscriber) == first
    assert subscriber.contact.history.filter(history_change_reason="Global Privacy Control").count() == 1


def test_a_look_keeps_nothing_else(subscriber):
    client = asking()
    visitors.managed(client, subscriber)
    before = subscriber.contact.history.count()

    client.get(PAGE)
    client.head(PAGE)

    assert subscriber.contact.history.count() == before


def test_opening_the_link_alone_keeps_nothing_before_the_cookie_is_there(subscriber):
    asking().get(visitors.path(visitors.tokens.preferences_url(subscriber)))

    assert wish(subscriber) is None


def test_a_forged_cookie_keeps_nothing_and_blocks_nothing(subscriber):
    client = asking()
    client.cookies["sayso-preferences"] = "1-1-0-0-0-0_9999999999:forged"

    assert client.get(reverse("preferences:senders")).status_code == 200
    assert wish(subscriber) is None


def test_a_revoked_link_keeps_nothing(subscriber):
    client = Client()
    visitors.managed(client, subscriber)
    contacts.revoke_links(subscriber)

    answer = client.get(reverse("preferences:senders"), headers={"Sec-GPC": "1"})

    assert (answer.status_code, wish(subscriber)) == (200, None)


def test_each_person_whose_link_was_opened_here_is_heard(subscriber, address, topic):
    client = asking()
    visitors.open_link(client, visitors.tokens.unsubscribe_url(subscriber, topic))
    visitors.managed(client, address)

    assert wish(subscriber)
    assert wish(address)


def test_who_left_everything_can_still_have_their_wish_kept(subscriber, topic):
    consent.withdraw_all(subscriber, sender=topic.sender, source=Source.UNSUBSCRIBE_PAGE)

    visitors.managed(asking(), subscriber)

    assert wish(subscriber)


def test_the_back_office_hears_nothing(subscriber):
    client = asking()
    visitors.managed(client, subscriber)

    assert HEARD not in client.get("/admin/", follow=True).content.decode()


def test_the_promise_can_be_read_by_a_browser(client):
    answer = client.get("/.well-known/gpc.json")

    assert answer["Content-Type"] == "application/json"
    assert answer.json() == {"gpc": True, "lastUpdate": "2026-11-22"}


def test_the_promise_cannot_be_changed(client):
    assert client.post("/.well-known/gpc.json").status_code == 405
