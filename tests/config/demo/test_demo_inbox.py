import hashlib
import hmac
import json
import re
import time
from email.message import EmailMessage
from http import HTTPStatus

import pytest
from django.urls import reverse

from config.demo import store

TEXT = {"from": "+15550100", "to": "+12075550123", "body": "Harbour: hello https://harbour.example/a", "reference": "1"}
HTML = '<p>Hello <a href="https://harbour.example/leave">leave</a><script>alert(1)</script></p>'


def a_mail(**headers):
    """An email in the demo inbox; returns its name."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Harbour <news@harbour.example>", "ana@example.org", "A tip for spring"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("Walk ten minutes. https://harbour.example/tips & more")
    mail.add_alternative(HTML, subtype="html")
    return store.store(mail.as_bytes(), ending="eml")


def one_click_headers(url):
    return {"List_Unsubscribe": f"<{url}>", "List_Unsubscribe_Post": "List-Unsubscribe=One-Click"}


def test_mails_are_listed_newest_first(client):
    a_mail(X_Order="first")
    newest = a_mail(X_Order="second")

    page = client.get(reverse("demo-inbox:mails"))

    assert page.context["page"][0].name == newest
    assert page.content.count(b"A tip for spring") == 2
    assert b"ana@example.org" in page.content


def test_a_mail_is_found_by_a_part_of_its_address(client):
    bens = store.store(b"To: ben@example.org\nSubject: For Ben\n\nHello", ending="eml")
    a_mail()

    found = client.get(reverse("demo-inbox:mails"), {"word": " BEN@ex"})

    assert [mail.name for mail in found.context["page"]] == [bens]
    assert b"No emails found" in client.get(reverse("demo-inbox:mails"), {"word": "nobody@"}).content


def test_an_empty_post_room_says_what_to_do(client):
    assert b"No emails yet" in client.get(reverse("demo-inbox:mails")).content
    assert b"No text messages yet" in client.get(reverse("demo-inbox:texts")).content


def test_a_mail_shows_its_headers_and_its_text_with_links_that_open_beside_it(client):
    page = client.get(reverse("demo-inbox:mail", args=[a_mail(List_Id="<tips.harbour.example>")])).content.decode()

    assert "&lt;tips.harbour.example&gt;" in page
    assert '<a target="_blank" rel="noopener" href="https://harbour.example/tips"' in page
    assert "&amp; more" in page


def test_the_rendered_mail_is_framed_in_a_sandbox_without_scripts(client):
    name = a_mail()

    frame = client.get(reverse("demo-inbox:mail-html", args=[name]))
    page = client.get(reverse("demo-inbox:mail", args=[name]))

    assert frame["Content-Security-Policy"].startswith("sandbox allow-popups allow-popups-to-escape-sandbox;")
    assert "default-src 'none'" in frame["Content-Security-Policy"]
    assert "script-src" not in frame["Content-Security-Policy"]
    assert frame["X-Frame-Options"] == "SAMEORIGIN"
    assert '<a target="_blank" rel="noopener" href="https://harbour.example/leave"' in frame.content.decode()
    assert "frame-src 'self'" in page["Content-Security-Policy"]
    assert "allow-scripts" not in page.content.decode()


def test_the_raw_mail_is_shown_byte_for_byte(client):
    name = a_mail()

    raw = client.get(reverse("demo-inbox:mail-raw", args=[name]))

    assert raw.content == store.read_stored_mail(name).raw
    assert raw["Content-Type"].startswith("text/plain")


@pytest.mark.parametrize("name", ["..", "nothing", "00000000000000000001-0123456789ab", "../keys"])
def test_a_mail_that_is_not_there_is_not_found(client, name):
    assert store.read_stored_mail(name) is None
    assert client.get(f"/demo-inbox/mail/{name}/raw").status_code == HTTPStatus.NOT_FOUND


@pytest.mark.parametrize("page", ["mails", "texts"])
def test_outside_the_demo_there_is_no_post_room(client, settings, page):
    settings.DEMO = False

    assert client.get(reverse(f"demo-inbox:{page}")).status_code == HTTPStatus.NOT_FOUND


def test_outside_the_demo_nobody_answers_for_another(client, settings, door):
    store.store_sms(TEXT)
    settings.DEMO = False

    refused = client.post(reverse("demo-inbox:reply-to-text", args=[TEXT["to"]]), {"to": TEXT["from"], "text": "STOP"})

    assert refused.status_code == HTTPStatus.NOT_FOUND
    assert door.came == []


def test_texts_are_a_conversation_per_phone_with_clickable_links(client):
    store.store_sms(TEXT)
    store.store_sms(TEXT | {"to": "+491711234567"})

    overview = client.get(reverse("demo-inbox:texts"))
    conversation = client.get(reverse("demo-inbox:conversation", args=[TEXT["to"]])).content.decode()

    assert len(overview.context["conversations"]) == 2
    assert '<a target="_blank" rel="noopener" href="https://harbour.example/a"' in conversation
    assert "+491711234567" not in conversation


def test_answering_stop_reaches_our_door_signed_like_a_providers_webhook(client, settings, door):
    store.store_sms(TEXT)
    url = reverse("demo-inbox:reply-to-text", args=[TEXT["to"]])

    answered = client.post(url, {"to": TEXT["from"], "text": "STOP "})

    path, headers, body = door.came[0]
    at, digest = re.fullmatch(r"t=(\d+),v1=([0-9a-f]{64})", headers["X-Sayso-Signature"]).groups()
    expected = hmac.new(settings.INBOUND_WEBHOOK_SECRET.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    assert answered.status_code == HTTPStatus.FOUND
    assert path == reverse("preferences:sms-webhook")
    assert abs(int(at) - time.time()) < 30
    assert digest == expected
    assert json.loads(body) | {"id": "", "sent_at": ""} == {
        "id": "",
        "from": TEXT["to"],
        "to": TEXT["from"],
        "text": "STOP ",
        "sent_at": "",
    }


def test_an_answer_stays_in_the_conversation_with_what_our_door_said(client, door):
    store.store_sms(TEXT)
    door.status = HTTPStatus.FORBIDDEN

    client.post(reverse("demo-inbox:reply-to-text", args=[TEXT["to"]]), {"to": TEXT["from"], "text": "no more"})

    latest = store.stored_sms()[0]
    assert (latest.is_answer, latest.body, latest.outcome) == (True, "no more", "403 Forbidden")
    assert b"403 Forbidden" in client.get(reverse("demo-inbox:conversation", args=[TEXT["to"]])).content


def test_an_answer_goes_only_to_a_number_that_wrote(client, door):
    store.store_sms(TEXT)

    page = client.post(reverse("demo-inbox:reply-to-text", args=[TEXT["to"]]), {"to": "+1900", "text": "STOP"})

    assert page.context["form"].errors["to"]
    assert door.came == []


def test_the_unsubscribe_button_posts_as_a_mail_program_does(client, door):
    name = a_mail(**one_click_headers(f"{door.url}/o/some-token"))

    client.post(reverse("demo-inbox:one-click", args=[name]))

    path, headers, body = door.came[0]
    assert (path, body) == ("/o/some-token", b"List-Unsubscribe=One-Click")
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert "Cookie" not in headers


def test_the_unsubscribe_button_posts_to_nobody_else(client, door):
    name = a_mail(**one_click_headers("http://elsewhere.example/o/some-token"))

    page = client.post(reverse("demo-inbox:one-click", args=[name]), follow=True)

    assert b"not posted" in page.content
    assert door.came == []


def test_a_mail_without_one_click_has_no_such_button(client):
    page = client.get(reverse("demo-inbox:mail", args=[a_mail(List_Unsubscribe="<https://harbour.example/leave>")]))

    assert b"Unsubscribe like a mail program" not in page.content


def test_a_mail_is_left_by_mail_at_the_door_for_mail(client, door):
    name = a_mail(
        List_Unsubscribe="<https://harbour.example/u/a/>, <mailto:out+abc@in.example.org?subject=unsubscribe>"
    )

    page = client.post(reverse("demo-inbox:unsubscribe-by-mail", args=[name]), follow=True)

    path, headers, body = door.came[0]
    assert path == "/webhooks/anymail/postmark/inbound/"
    assert headers["Authorization"].startswith("Basic ")
    assert "To: out+abc@in.example.org" in json.loads(body)["RawEmail"]
    assert "From: ana@example.org" in json.loads(body)["RawEmail"]
    assert b"200 OK" in page.content


def test_a_mail_without_a_way_out_by_mail_offers_none(client, door):
    name = a_mail()

    assert (
        reverse("demo-inbox:unsubscribe-by-mail", args=[name]).encode()
        not in client.get(reverse("demo-inbox:mail", args=[name])).content
    )
    assert client.post(reverse("demo-inbox:unsubscribe-by-mail", args=[name])).status_code == 404
    assert not door.came


@pytest.mark.parametrize(("ticked", "is_there"), [({}, False), ({"is_automatic": "on"}, True)])
def test_a_mail_is_answered_by_the_person_or_by_their_program(client, door, ticked, is_there):
    client.post(reverse("demo-inbox:reply-to-mail", args=[a_mail()]), {"text": "Please stop – 🛑"} | ticked)

    raw = json.loads(door.came[0][2])["RawEmail"]
    assert "Subject: Re: A tip for spring" in raw
    assert ("Auto-Submitted: auto-replied" in raw) is is_there
