"""The page "Why (not)?" and the same for machines: who may ask, and how it answers."""

from datetime import UTC, datetime

import pytest
import time_machine

from campaigns.audience import service as audience
from campaigns.models import Message
from campaigns.sending import sender
from preferences.consent import service as consent
from preferences.consent import suppressions
from preferences.contacts import erasure
from preferences.contacts import service as contacts
from preferences.models import ConsentEvent, Source, Suppression
from preferences.rulebook import book as rulebook
from tests import factories, roles
from tests.campaigns.admin.admin_pages import page, queries, words_of
from tests.conftest import subscribe

NOON = datetime(2026, 11, 24, 17, 0, tzinfo=UTC)
JSON = "application/json"


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def supporting(client, db):
    client.force_login(roles.colleague("support", username="support"))
    return client


@pytest.fixture
def mainer(topic):
    return subscribe(factories.phone_address("+12075550199"), topic)


def about(topic):
    return f"{topic.sender.slug}/{topic.slug}"


def why(client, **asked):
    return client.get(page("check_eligibility"), asked)


# Who may ask


@pytest.mark.parametrize("role", ["support", "compliance officer", "auditor", "administrator"])
def test_who_may_see_people_may_ask(role, client, subscriber, topic):
    client.force_login(roles.colleague(role))

    answer = why(client, who=subscriber.value, about=about(topic))

    assert "Yes: it would be sent now." in words_of(answer)
    assert subscriber.value in words_of(answer)


@pytest.mark.parametrize("role", ["author", "approver"])
@pytest.mark.parametrize("form", ["html", "json"])
def test_who_may_not_see_people_is_refused(role, form, client, subscriber, topic):
    client.force_login(roles.colleague(role))

    answer = why(client, who=subscriber.value, about=about(topic), format=form)

    assert answer.status_code == 403
    assert subscriber.value not in answer.content.decode()


def test_a_stranger_is_asked_to_log_in(client, db):
    assert why(client, who="ana@example.org").status_code == 302


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_the_page_is_only_looked_at(method, supporting):
    assert getattr(supporting, method)(page("check_eligibility")).status_code == 405


# The page


def test_the_verdict_comes_first_then_what_would_change_it_then_the_checks(supporting, mainer, topic):
    words = words_of(why(supporting, who=mainer.value, about=about(topic), at="2026-11-25T05:00"))

    decision, change, checks = (
        words.index(part) for part in ["Not yet, but on", "What would change the result", "Checks, in order"]
    )
    assert decision < change < checks
    assert "Waits Sending hours in their location" in words
    assert "Not reached What the text must say" in words


def test_the_rule_that_decided_leads_to_its_page(supporting, mainer, topic):
    answer = why(supporting, who=mainer.value, about=about(topic), at="2026-11-25T05:00")

    rule = rulebook.current_rulebook().in_force(frozenset(["US"]), "sms", "marketing", NOON.date())[0]
    href = f'href="/admin/preferences/rule/{rule.pk}/change/"'
    assert href in answer.content.decode()
    assert supporting.get(f"/admin/preferences/rule/{rule.pk}/change/").status_code == 200


def test_the_yes_its_notice_and_the_suppression_lead_to_their_pages(supporting, subscriber, topic):
    stop = suppressions.suppress(subscriber, Suppression.Reason.BOUNCED)
    yes = subscriber.subscriptions.get().granted

    content = why(supporting, who=subscriber.value, about=about(topic)).content.decode()

    assert f"/admin/preferences/consentevent/{yes.pk}/change/" in content
    assert f"/admin/preferences/notice/{yes.notice_id}/change/" in content
    assert f"/admin/preferences/suppression/{stop.pk}/change/" in content


def test_an_empty_question_shows_the_form(supporting):
    assert "Would they receive it, and why or why not?" in words_of(why(supporting))


def test_only_a_person_named_shows_how_they_stand_to_everything(supporting, subscriber, topic):
    answer = why(supporting, who=str(subscriber.contact.reference))

    assert f"{topic.sender} · {topic}" in words_of(answer)
    assert f"about={about(topic)}" in answer.content.decode()


def test_a_message_that_is_there_already_is_pointed_at(client, started, subscriber, mail_server):
    client.force_login(roles.colleague("auditor"))
    audience.freeze(started)
    sender.send_batch(started)

    content = why(client, who=subscriber.value, about=str(started.reference)).content.decode()

    assert page("message_change", Message.objects.get().pk) in content


@pytest.mark.parametrize("name", ["contact", "address"])
def test_the_pages_about_a_person_lead_here(name, supporting, subscriber):
    pk = {"contact": subscriber.contact_id, "address": subscriber.pk}[name]

    content = supporting.get(f"/admin/preferences/{name}/{pk}/change/").content.decode()

    assert f"{page('check_eligibility')}?who=" in content


def test_the_dossier_and_the_first_page_lead_here(supporting, subscriber):
    dossier = supporting.get(f"/admin/compliance/contactrecord/{subscriber.contact_id}/timeline/").content.decode()

    assert f"{page('check_eligibility')}?who={subscriber.contact.reference.hex}" in dossier
    assert page("check_eligibility") in supporting.get("/admin/").content.decode()


def test_names_are_shown_as_text(supporting, topic):
    topic.name = "<script>alert(1)</script>"
    topic.save()
    address = subscribe(factories.email_address(name="<b>Ana</b>"), topic)

    content = why(supporting, who=address.value, about=about(topic)).content.decode()

    assert "<script>alert(1)" not in content
    assert "<b>Ana" not in content


def test_the_page_costs_the_same_however_long_the_story(supporting, subscriber, topic):
    url = f"{page('check_eligibility')}?who={subscriber.reference}&about={about(topic)}"
    supporting.get(url)
    before = queries(supporting, url)
    for number in range(4):
        contacts.add_address("email", f"more{number}@example.org", contact=subscriber.contact)
        consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE)
        subscribe(subscriber, topic)

    assert queries(supporting, url) == before


def test_looking_writes_nothing(supporting, subscriber, topic):
    before = ConsentEvent.objects.count(), Message.objects.count(), Suppression.objects.count()

    why(supporting, who=subscriber.value, about=about(topic))

    assert (ConsentEvent.objects.count(), Message.objects.count(), Suppression.objects.count()) == before


# What is wrong, in a sentence


@pytest.mark.parametrize(
    ("asked", "status", "sentence"),
    [
        ({"who": "nobody@example.org"}, 404, "No contact has this address."),
        ({"who": "not an address"}, 400, "country code"),
        ({"who": "ana@example.org", "about": "no/topic"}, 404, "There is no topic “no/topic”."),
        ({"who": "ana@example.org", "about": "topic"}, 400, "Enter a topic as sender/topic"),
        ({"who": "ana@example.org", "at": "soon"}, 400, "Enter the time like"),
        ({"who": "ana@example.org", "channel": "sms"}, 400, "Remove the channel."),
        ({"who": "ana@example.org", "channel": "fax"}, 400, "Choose a channel"),
        ({"who": ""}, 400, "Enter an email address"),
        ({"who": "ana@example.org", "about": ""}, 400, "Choose a topic or a campaign."),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence_with_its_status(asked, status, sentence, supporting, topic):
    factories.email_address("ana@example.org")

    answer = why(supporting, **{"about": about(topic), **asked, "format": "json"})

    assert answer.status_code == status
    assert sentence in answer.json()["error"]


def test_the_page_says_what_is_wrong_too(supporting, topic):
    answer = why(supporting, who="nobody@example.org", about=about(topic))

    assert answer.status_code == 404
    assert "No contact has this address." in words_of(answer)


@pytest.mark.parametrize("name", ["who", "about", "channel", "at", "format"])
def test_what_is_given_twice_is_refused(name, supporting, subscriber, topic):
    query = f"who={subscriber.value}&about={about(topic)}&{name}=a&{name}=b"

    answer = supporting.get(f"{page('check_eligibility')}?{query}")

    assert answer.status_code == 400
    assert "Give it once." in words_of(answer)


def test_several_addresses_are_offered_to_choose_from(supporting, subscriber, topic):
    other = contacts.add_address("sms", "+12075550127", contact=subscriber.contact)
    who = str(subscriber.contact.reference)

    answer = why(supporting, who=who, about=about(topic))
    for_machines = why(supporting, who=who, about=about(topic), format="json")

    assert f"?who={other.reference}" in answer.content.decode()
    assert for_machines.status_code == 300
    offered = [one["address"] for one in for_machines.json()["addresses"]]
    assert offered == [str(subscriber.reference), str(other.reference)]


def test_a_forgotten_person_is_gone_by_address_and_answered_by_reference(supporting, subscriber, topic):
    value = subscriber.value
    erasure.erase(subscriber.contact, by=factories.UserFactory())

    gone = why(supporting, who=value, about=about(topic))
    answered = why(supporting, who=str(subscriber.reference), about=about(topic), format="json")

    assert gone.status_code == 410
    assert answered.json()["decision"]["reason"] == "erased"
    assert value not in answered.content.decode()


def test_a_topic_that_is_retired_is_answered(supporting, subscriber, topic):
    topic.retired_at = NOON
    topic.save()

    assert "the topic is retired" in words_of(why(supporting, who=subscriber.value, about=about(topic)))


# For machines


def test_the_schema_for_machines_stays_as_it_is(supporting, mainer, topic):
    found = why(supporting, who=mainer.value, about=about(topic), format="json").json()

    assert set(found) >= {
        *(
            "schema",
            "kind",
            "asked",
            "decision",
            "place",
            "objections",
            "checks",
            "changes",
            "terms",
            "notes",
            "message",
        ),
    }
    assert (found["schema"], found["kind"]) == (1, "judged_now")
    assert set(found["asked"]) >= {"address", "contact", "value", "topic", "campaign", "channel", "purpose", "at"}
    assert set(found["decision"]) >= {"kind", "reason", "until", "held", "said"}
    assert set(found["checks"][0]) >= {"name", "title", "state", "said", "decision", "facts", "rules", "changes"}
    window = next(check for check in found["checks"] if check["name"] == "window")
    assert set(window["facts"][0]) >= {"name", "label", "said", "value", "links"}
    assert set(window["rules"][0]) >= {
        *("rule", "version", "jurisdiction", "figure", "says", "decided_by", "reference", "evidence", "url"),
    }
    assert [check["state"] for check in found["checks"]] == ["pass"] * 13


def test_the_header_asks_for_json_as_well(supporting, subscriber, topic):
    answer = supporting.get(
        page("check_eligibility"), {"who": subscriber.value, "about": about(topic)}, headers={"accept": JSON}
    )

    assert answer["Content-Type"] == JSON
    assert answer.json()["decision"]["kind"] == "send"


def test_a_browser_gets_the_page(supporting, subscriber, topic):
    accepts = {"accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}

    answer = supporting.get(
        page("check_eligibility"), {"who": subscriber.value, "about": about(topic)}, headers=accepts
    )

    assert answer["Content-Type"].startswith("text/html")
