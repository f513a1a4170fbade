"""Pages for what goes wrong: they need nothing but themselves, and say what to do next."""

import pytest
from django.template.loader import render_to_string
from django.test import Client


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_every_error_page_stands_on_its_own(name):
    page = render_to_string(name)

    assert '<html lang="en">' in page
    assert "/secure-link/" in page
    assert "<script" not in page


@pytest.mark.parametrize("path", ["/nothing/", "/u/", "/sign-up/", "/sign-up/%00/", "/preferences/x/", "/u/a/b/"])
def test_a_wrong_address_gets_a_page_that_is_not_kept(client, db, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store"
    assert "default-src 'none'" in answer["Content-Security-Policy"]


@pytest.mark.parametrize(
    "path", ["/unsubscribe/", "/unsubscribe/done/", "/confirm/", "/preferences/", "/secure-link/", "/sign-up/harbour/"]
)
def test_no_form_is_taken_without_its_csrf_token(db, path):
    answer = Client(enforce_csrf_checks=True).post(path, {"for": "", "leave": "everything"})

    assert answer.status_code == 403
    assert "send the form again" in answer.content.decode()


@pytest.mark.parametrize("body", [b"%ff%00=%ff", b"a=1&" * 2000, b"\x00"])
def test_odd_bodies_are_nobodys_server_error(client, topic, body):
    answer = client.post(f"/sign-up/{topic.sender.slug}/", body, content_type="application/x-www-form-urlencoded")

    assert answer.status_code in (400, 422)
