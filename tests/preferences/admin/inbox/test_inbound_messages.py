"""The staff inbox: what waits, how urgent it is, and one press per decision."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from preferences.consent import eligibility
from preferences.inbound import sms
from preferences.models import InboundMessage
from tests import factories
from tests.conftest import subscribe
from tests.preferences.admin.admin_urls import page
from tests.preferences.admin.conftest import signed_in
from tests.preferences.inbound import phone

DOUBTFUL = "Can I <b>cancel</b> my appointment?"
WAITING = page("inboundmessage") + "?read=waiting"


@pytest.fixture
def reader(topic):
    return subscribe(factories.phone_address(phone.NUMBER), topic)


@pytest.fixture
def doubtful(reader, topic):
    return phone.to(topic.sender)(DOUBTFUL)


def press(client, row, decision, **how):
    return client.post(reverse("admin:preferences_inboundmessage_decide", args=[row.pk, decision]), follow=True, **how)


def buttons(row):
    return [
        reverse("admin:preferences_inboundmessage_decide", args=[row.pk, one]) for one in InboundMessage.Decision.values
    ]


@pytest.mark.parametrize("place", ["list", "page"])
def test_a_doubtful_text_is_shown_with_all_that_is_needed_to_decide(support, doubtful, topic, place):
    answer = support.get({"list": WAITING, "page": page("inboundmessage", "change", doubtful.pk)}[place])

    shown = answer.content.decode()
    assert "Can I &lt;b&gt;cancel&lt;/b&gt; my appointment?" in shown
    assert "can i b cancel b my appointment" in shown
    assert "hint:en:cancel" in shown
    assert topic.name in shown
    assert "Due by " in shown
    assert "(&#x27;waiting&#x27;" not in shown
    assert [url for url in buttons(doubtful) if url not in shown] == []


def test_what_is_overdue_says_so_in_words(support, doubtful):
    InboundMessage.objects.filter(pk=doubtful.pk).update(due_at=timezone.now() - timedelta(minutes=1))

    assert "Overdue since" in support.get(WAITING).content.decode()
    assert "Overdue since" in support.get(page("inboundmessage") + "?read=overdue").content.decode()


def test_the_most_urgent_is_first(support, doubtful, topic):
    say = phone.to(topic.sender)
    later, sooner = say("Is this about my knee?"), say("no thanks")
    InboundMessage.objects.filter(pk=sooner.pk).update(due_at=timezone.now())

    rows = support.get(WAITING).context["cl"].result_list

    assert list(rows) == [sooner, doubtful, later]


def test_what_was_clear_does_not_wait(support, reader, topic):
    phone.to(topic.sender)("STOP")

    assert list(support.get(WAITING).context["cl"].result_list) == []
    assert "/decide/" not in support.get(page("inboundmessage")).content.decode()


@pytest.mark.parametrize(
    ("decision", "objection", "sentence"),
    [
        ("opt_out", "stopped", "Opt-out recorded. They get no more messages."),
        ("wrong_person", "stopped", "no recorded consent is valid for it"),
        ("nothing", "", "No change. Messages continue as before."),
    ],
)
def test_one_press_decides(support, doubtful, reader, topic, decision, objection, sentence):
    answer = press(support, doubtful, decision)

    doubtful.refresh_from_db()
    assert (doubtful.decision, doubtful.decided_by) == (decision, support.colleague)
    assert eligibility.first_objection(reader, topic) == objection
    assert sentence in answer.content.decode()
    assert answer.redirect_chain == [(WAITING, 302)]


def test_what_was_decided_is_kept_in_the_list_of_decisions(support, doubtful):
    press(support, doubtful, "nothing")

    shown = support.get(page("inboundmessage") + "?read=decided").content.decode()
    assert "No change" in shown
    assert "/decide/" not in shown


def test_pressing_twice_is_one_decision(support, doubtful, reader):
    press(support, doubtful, "opt_out")
    said = reader.events.count()

    press(support, doubtful, "opt_out")

    assert reader.events.count() == said


def test_a_second_thought_is_refused_with_a_sentence(support, doubtful, reader, topic):
    press(support, doubtful, "opt_out")

    answer = press(support, doubtful, "nothing")

    assert "This was already decided: Opt out." in answer.content.decode()
    assert eligibility.first_objection(reader, topic) == "stopped"


def test_an_unknown_answer_is_refused_with_a_sentence(support, doubtful):
    assert "Choose one of the three outcomes." in press(support, doubtful, "maybe").content.decode()


def test_looking_at_a_decision_changes_nothing(support, doubtful):
    answer = support.get(buttons(doubtful)[0])

    doubtful.refresh_from_db()
    assert (answer.status_code, doubtful.decision) == (405, "")


def test_who_may_only_look_sees_no_buttons_and_decides_nothing(client, doubtful):
    auditor = signed_in(client, "auditor", username="auditor")

    assert "/decide/" not in auditor.get(WAITING).content.decode()
    assert "/decide/" not in auditor.get(page("inboundmessage", "change", doubtful.pk)).content.decode()
    assert press(auditor, doubtful, "opt_out").status_code == 403


def test_a_decision_needs_the_sites_own_form(doubtful, support):
    support.handler.enforce_csrf_checks = True

    assert press(support, doubtful, "opt_out").status_code == 403


def test_a_text_that_does_not_exist_is_not_found(support, doubtful):
    missing = reverse("admin:preferences_inboundmessage_decide", args=[doubtful.pk + 1, "nothing"])

    assert support.post(missing).status_code == 404


def test_what_nobody_we_know_wrote_offers_only_to_be_put_away(support, db):
    aside = sms.store_unreadable(provider="test", provider_id="1", text="stop", because="Not a number.")

    shown = support.get(WAITING).content.decode()
    assert [url in shown for url in buttons(aside)] == [False, False, True]
    assert "We do not know who wrote this." in shown


def test_the_inbox_costs_the_same_for_many_as_for_few(support, topic, django_assert_max_num_queries):
    people = [subscribe(factories.phone_address(), topic) for _person in range(12)]
    for person in people:
        phone.to(topic.sender)("no thanks", number=person.value)

    with django_assert_max_num_queries(14):
        assert support.get(WAITING).content.decode().count("/decide/opt_out/") == 12


def test_what_they_get_is_named(support, doubtful, reader, topic):
    subscribe(reader, factories.TopicFactory(sender=topic.sender, name="Clinic news"))

    assert "Clinic news, Health tips" in support.get(WAITING).content.decode()
