"""Ana signs up on the page, confirms, gets a campaign over real SMTP, leaves by one click, and is left alone."""

import re

from django.urls import reverse

from compliance.dossier import timeline
from preferences.models import ConsentEvent, Contact
from tests.stories.conftest import link_in


def confirm_by_mail(person):
    person.signs_up("email")
    [question] = person.looks_at_her_mail()
    person.presses(person.opens(link_in(question, "c")), answer="yes")
    person.looks_at_her_mail()


def test_from_sign_up_to_one_click_and_never_again(person, send, client):
    page = person.signs_up("email")
    [question] = person.looks_at_her_mail()
    done = person.presses(person.opens(link_in(question, "c")), answer="yes")
    person.looks_at_her_mail()
    first = send()
    _question, welcome, letter = person.looks_at_her_mail()
    answer = client.post(re.search(r"/o/\S+(?=>)", letter["List-Unsubscribe"])[0], {"List-Unsubscribe": "One-Click"})
    second = send(subject="A tip for summer")
    after = person.looks_at_her_mail()

    assert "check" in page.content.decode().lower()
    assert done.status_code == 200
    assert "spring" in letter["Subject"]
    assert "Health tips" in welcome.get_body(("plain",)).get_content()
    assert first.messages.get().status == "sent"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert answer.status_code == 200
    assert second.messages.get().skipped_because == "left"
    assert [mail["Subject"] for mail in after[3:]] == [after[3]["Subject"]]
    assert "spring" not in after[3]["Subject"]


def test_the_whole_story_is_in_the_dossier_in_order(person, send):
    confirm_by_mail(person)
    send()
    letter = person.looks_at_her_mail()[-1]
    person.presses(person.opens(link_in(letter, "u")), leave="topic")
    send(subject="A tip for summer")

    story = timeline.build_timeline(Contact.objects.get())

    said = [entry.what for entry in story if entry.kind == timeline.EntryKind.SAID]
    assert [word for word in ("Requested", "Granted", "Withdrawn") if any(word in what for what in said)] == [
        "Requested", "Granted", "Withdrawn",
    ]  # fmt: skip
    assert story == sorted(story, key=lambda entry: entry.at)
    assert sum(entry.kind == timeline.EntryKind.MESSAGE for entry in story) >= 2


def test_she_leaves_from_the_message_and_says_why_afterwards(person, send):
    confirm_by_mail(person)
    campaign = send()
    letter = person.looks_at_her_mail()[-1]

    done = person.presses(person.opens(link_in(letter, "u")), leave="topic")

    event = ConsentEvent.objects.get(kind="withdrawn")
    assert event.origin == campaign.messages.get().reference
    assert done.request["PATH_INFO"] == reverse("preferences:unsubscribe-done")


def test_she_changes_her_mind_on_her_preferences_page_by_a_fresh_link(person, send):
    confirm_by_mail(person)
    send()
    letter = person.looks_at_her_mail()[-1]
    person.presses(person.opens(link_in(letter, "p")), everything="off")
    nobody = send(subject="While she is gone")

    person.client.post(reverse("preferences:secure-link-request"), {"address": person.email_address})
    fresh = person.opens(link_in(person.looks_at_her_mail()[-1], "s"))
    box = re.search(r'name="([^"]+)"[^>]*type="checkbox"|type="checkbox"[^>]*name="([^"]+)"', fresh.content.decode())
    person.presses(fresh, **{box[1] or box[2]: "on"})
    again = send(subject="Back again")

    assert nobody.messages.get().skipped_because == "stopped"
    assert again.messages.get().status == "sent"


def test_somebody_else_who_typed_her_address_gets_her_nothing_but_one_question(person, send):
    person.signs_up("email")
    campaign = send()

    assert campaign.messages.get().skipped_because == "not_confirmed"
    assert len(person.looks_at_her_mail()) == 1
