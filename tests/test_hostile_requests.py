"""Every public door, with everything that nobody should send: it answers, shows no secret, and stays private.

Every day each door gets a part of it, another part than its neighbour; with THOROUGH=1 each gets all.
"""

import copy
import os
import re
from http import HTTPStatus

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from preferences.collection import consent_forms
from preferences.consent import service as consent
from preferences.links import tokens
from preferences.models import ConsentForm, Source, Topic
from tests import factories
from tests.conftest import subscribe
from tests.preferences.web.visitors import open_link

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("town")]
BEHIND = ("admin/", "demo-inbox/", "webhooks/anymail/")
NAMES = {"slug": "harbour", "token": "nothing", "name": "harbour-0"}
LONG = "x" * 100_000
HOSTILE = {
    "empty": "",
    "long": LONG,
    "nul": "a\x00b",
    "emoji": "🛑😀",
    "bidi": "\u202eevil\u200b\u2066",
    "lines": "a\r\nSet-Cookie: b=c\r\n\r\n<script>",
    "large number": "99999999999999999999",
    "negative": "-1",
    "half a character": "\udc80",
    "markup": "\"'><script>alert(1)</script>{{ settings }}{% debug %}",
    "formula": "=cmd|' /C calc'!A0",
    "query": "' OR 1=1 --",
    "json": '{"$gt": [[[[]]]]}',
}
FORM = "application/x-www-form-urlencoded"
PARTS = "multipart/form-data; boundary=x"
BODIES = {
    "nothing": (b"", FORM),
    "noise": (bytes(range(256)) * 40, FORM),
    "doubled": (
        b"for=a&for=b&email=a&email=b&answer=yes&answer=no&leave=topic&leave=all",
        "application/x-www-form-urlencoded",
    ),
    "broken multipart": (
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nno end',
        PARTS,
    ),
    "no boundary": (b"--x--", "multipart/form-data"),
    "a file": (
        b'--x\r\nContent-Disposition: form-data; name="answer"; filename="../../a"\r\n\r\nyes\r\n--x--\r\n',
        PARTS,
    ),
    "json": (b'{"for": [1, 2], "id": 99999999999999999999}', "application/json"),
    "many fields": (b"&".join(b"a%d=b" % number for number in range(1100)), FORM),
    "strange alphabet": (b"for=a", f"{FORM}; charset=utf-7"),
    "unknown alphabet": (b"for=a", f"{FORM}; charset=nonsense"),
}
PRIVATE = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
}
FOR_EVERYBODY = ("/.well-known/sayso-receipt-key.json", "/style/", "/logo/")  # may be kept by browsers
SECRETS = [settings.SECRET_KEY, settings.FINGERPRINT_KEY, settings.LEDGER_KEY, "Traceback", "mallory@example.org"]
SECRETS += [key for keys in settings.LINK_KEYS.values() for key in keys]


def doors(patterns=None, before=""):
    """The paths of all public pages, as the resolver knows them."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        path = before + str(pattern.pattern)
        if path.startswith(BEHIND):
            continue
        if hasattr(pattern, "url_patterns"):
            yield from doors(pattern.url_patterns, path)
        else:
            yield "/" + re.sub(r"<\w+:(\w+)>", lambda found: NAMES[found[1]], path)


DOORS = sorted(doors())


def part(things, turn):
    """What is tried today of a list of hostile things."""
    every = 1 if os.environ.get("THOROUGH") else 5
    return list(things)[turn % every :: every]


@pytest.fixture(scope="module")
def town(django_db_setup, django_db_blocker):
    """Whoever lives here, and a browser in which every link of Ana was opened: made once for all doors."""
    with django_db_blocker.unblock(), transaction.atomic():
        ana = house()
        yield ana, browser_of(ana)
        transaction.set_rollback(True)


@pytest.fixture
def visitor(town):
    """A browser in which every link of Ana was opened."""
    return copy.deepcopy(town[1])


def house():
    """Ana gets one topic and has left another; what Mallory has is nobody's business."""
    topic = factories.TopicFactory(sender__slug="harbour")
    other = factories.TopicFactory(sender=topic.sender, name="Offers")
    form = factories.ConsentFormFactory(sender=topic.sender, topics=[topic, other], slug="harbour")
    consent_forms.publish(form, language="en", title="Join", intro="Choose.", thank_you="Thanks.")
    assert form.kind == ConsentForm.Kind.PAGE
    subscribe(factories.email_address("mallory@example.org", name="Mallory"), topic)
    ana = subscribe(factories.email_address("ana@example.org", name="Ana"), topic, other)
    consent.withdraw(ana, other, source=Source.PREFERENCES)
    return ana


def browser_of(ana):
    topic, offers = Topic.objects.order_by("pk")
    browser, interaction_id = Client(), ana.events.latest("pk").interaction_id
    question = consent.ask(ana, [offers.notices.first()], source=Source.SIGN_UP)
    every = [
        tokens.unsubscribe_url(ana, topic),
        tokens.confirm_url(question),
        tokens.undo_url(ana, interaction_id),
        tokens.receipt_url(ana, interaction_id),
        tokens.renewal_url(ana, topic, 1),
        tokens.secure_url(ana),
    ]
    assert [open_link(browser, url).status_code for url in every] == [200] * len(every)
    return browser


def assert_is_harmless(response, path):
    assert response.status_code < HTTPStatus.INTERNAL_SERVER_ERROR
    shown = b"".join(response) if response.streaming else response.content
    assert not [secret for secret in SECRETS if secret in shown.decode("utf-8", "replace")]
    assert b"<script" not in shown.lower()
    assert {"default-src 'none'", "frame-ancestors 'none'"} <= set(response["Content-Security-Policy"].split("; "))
    expected = {
        name: value for name, value in PRIVATE.items() if not path.startswith(FOR_EVERYBODY) or name == "nosniff"
    }
    assert {name: response.get(name) for name in expected} == expected


@pytest.mark.parametrize("path", DOORS)
def test_no_door_breaks_whatever_a_visitor_sends(visitor, path):
    for body, kind in part(BODIES.values(), DOORS.index(path)):
        assert_is_harmless(visitor.generic("POST", path, body, content_type=kind), path)


@pytest.mark.parametrize("method", ["HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "NONSENSE"])
def test_no_door_breaks_however_it_is_opened(visitor, method):
    body, kind = BODIES["doubled"]
    for path in DOORS:
        assert_is_harmless(visitor.generic(method, path, body, content_type=kind), path)


@pytest.mark.parametrize("path", DOORS)
def test_no_door_breaks_for_a_stranger(client, path):
    for body, kind in part(BODIES.values(), DOORS.index(path)):
        assert_is_harmless(client.generic("POST", path, body, content_type=kind), path)


@pytest.mark.parametrize("query", HOSTILE.values(), ids=HOSTILE)
def test_no_door_breaks_on_its_query(visitor, query):
    query = {
        name: query.encode("utf-8", "replace")[:2000]
        for name in ("page", "language", "next", "v", "q", "email", "name")
    }
    for path in part(DOORS, len(query["q"])):
        assert_is_harmless(visitor.get(path, query), path)


def fields(form):
    """What a form would send, by name."""
    found = re.findall(r"<(?:input|select|textarea|button)[^>]*>", form)
    named = [(re.search(r'\bname="([^"]*)"', tag), re.search(r'\bvalue="([^"]*)"', tag)) for tag in found]
    return {name[1]: value[1] if value else "" for name, value in named if name}


def forms(page):
    """The forms of a page, without the languages that stand below each: where each leads, and its fields."""
    shown = b"".join(page).decode() if page.streaming else page.content.decode()
    for attributes, form in re.findall(r"<form([^>]*)>(.*?)</form>", shown, re.DOTALL):
        action = re.search(r'action="([^"]*)"', attributes)
        if not action or action[1] != "/language/":
            yield (action[1] if action else ""), fields(form)


def spoilt(shown):
    """Everything wrong at once, in each way; then one field after the other. Whom it was made for stays as it is."""
    changed = [name for name in shown if name not in ("for", "csrfmiddlewaretoken")]
    for value in HOSTILE.values():
        yield shown | dict.fromkeys(changed, value.encode("utf-8", "replace"))
    for name in changed:
        yield shown | {name: HOSTILE["large number"]}
        yield shown | {name: [shown[name], HOSTILE["nul"], HOSTILE["lines"]]}
        yield {other: value for other, value in shown.items() if other != name}


@pytest.mark.parametrize("path", DOORS)
def test_no_form_breaks_whatever_stands_in_its_fields(visitor, path):
    for action, shown in forms(visitor.get(path)):
        for sent in part(spoilt(shown), DOORS.index(path)):
            assert_is_harmless(visitor.post(action or path, sent), action or path)
