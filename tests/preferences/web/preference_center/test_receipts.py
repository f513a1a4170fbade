"""A receipt to read, to save and to check: for its owner behind the link, for everybody by pasting it."""

import json

import pytest

from preferences.consent import service as consent
from preferences.contacts import service as contacts
from preferences.links import tokens
from preferences.models import Receipt, Source
from preferences.proof import receipt_signing, receipts
from tests import factories
from tests.preferences.web.visitors import filled, open_link, path

CHECK = "/receipt/check/"


@pytest.fixture
def interaction_id(subscriber):
    return subscriber.events.latest("pk").interaction_id


@pytest.fixture
def opened(client, subscriber, interaction_id):
    """The receipt page, after its receipt was written."""
    receipts.issue(subscriber, interaction_id)
    return open_link(client, tokens.receipt_url(subscriber, interaction_id))


def test_the_page_says_what_when_how_in_which_words_and_who_holds_it(opened, topic, notice):
    page = opened.content.decode()

    words = [
        topic.name,
        "Confirmed by link",
        notice.how_to_unsubscribe,
        "Harbour Clinic Ltd",
        "1 Quay Street",
        "/secure-link/",
    ]
    assert opened.status_code == 200
    assert [word for word in words if word not in page] == []


def test_the_page_shows_the_address_masked_only(opened, subscriber):
    assert subscriber.value not in opened.content.decode()
    assert subscriber.masked in opened.content.decode()


def test_the_file_that_is_saved_is_the_receipt_as_it_was_signed(client, opened, subscriber, interaction_id):
    file = client.get("/receipt/file/")

    assert file["Content-Type"] == "application/json"
    assert file["Content-Disposition"].startswith('attachment; filename="receipt-')
    assert file.content.decode() == receipts.receipt_of(subscriber, interaction_id).document


def test_looking_writes_nothing_and_a_button_writes_the_missing_receipt(client, subscriber, interaction_id):
    page = open_link(client, tokens.receipt_url(subscriber, interaction_id))
    assert not Receipt.objects.exists()

    after = client.post("/receipt/", filled(page), follow=True)

    assert receipts.receipt_of(subscriber, interaction_id)
    assert "/receipt/file/" in after.content.decode()


def test_pressing_the_button_twice_is_pressing_it_once(client, subscriber, interaction_id):
    form = filled(open_link(client, tokens.receipt_url(subscriber, interaction_id)))

    client.post("/receipt/", form)
    client.post("/receipt/", form)

    assert Receipt.objects.count() == 1


def test_the_link_works_for_years_and_however_often(client, opened, subscriber, interaction_id):
    url = tokens.receipt_url(subscriber, interaction_id)

    assert tokens.LINK_LIFETIMES[tokens.LinkPurpose.RECEIPT]() is None
    assert [open_link(client, url).status_code for _again in range(3)] == [200, 200, 200]


def test_there_is_no_file_before_it_was_written(client, subscriber, interaction_id):
    open_link(client, tokens.receipt_url(subscriber, interaction_id))

    assert client.get("/receipt/file/").status_code == 404


def test_a_link_about_no_act_at_all_is_a_bad_link(client, subscriber):
    token = tokens.make_token(tokens.LinkPurpose.RECEIPT, subscriber)

    assert client.get(f"/r/{token}/", follow=True).status_code == 404


def test_a_link_about_somebody_elses_act_shows_nothing(client, interaction_id):
    stranger = factories.email_address()

    page = open_link(client, tokens.receipt_url(stranger, interaction_id))

    assert page.status_code == 404
    assert "Health tips" not in page.content.decode()


@pytest.mark.parametrize("purpose", [p for p in tokens.LinkPurpose if p != tokens.LinkPurpose.RECEIPT])
def test_no_other_link_opens_a_receipt(client, subscriber, interaction_id, purpose):
    token = tokens.make_token(purpose, subscriber, interaction_id=interaction_id.int)

    assert client.get(f"/r/{token}/").status_code == 404


@pytest.mark.parametrize("door", ["l", "m", "f", "c", "z"])
def test_a_receipt_link_opens_nothing_else(client, subscriber, interaction_id, door):
    token = tokens.make_token(tokens.LinkPurpose.RECEIPT, subscriber, interaction_id=interaction_id.int)

    assert client.get(f"/{door}/{token}/").status_code == 404


def test_a_revoked_link_opens_no_receipt(client, subscriber, interaction_id):
    url = tokens.receipt_url(subscriber, interaction_id)
    contacts.revoke_links(subscriber)

    assert open_link(client, url).status_code == 404


def test_without_a_link_the_page_says_how_to_get_one(client, db):
    assert client.get("/receipt/").status_code == 403
    assert client.get("/receipt/file/").status_code == 403


def test_a_page_made_for_somebody_else_is_refused(client, subscriber, interaction_id, topic):
    form = filled(open_link(client, tokens.receipt_url(subscriber, interaction_id)))
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE)
    open_link(client, tokens.receipt_url(subscriber, subscriber.events.latest("pk").interaction_id))

    assert client.post("/receipt/", form).status_code == 409


def test_the_receipt_page_is_kept_by_no_cache_and_asks_few_questions(
    client, opened, subscriber, interaction_id, django_assert_max_num_queries
):
    with django_assert_max_num_queries(6):
        page = client.get("/receipt/")

    assert "no-store" in page["Cache-Control"]


def test_the_public_key_is_published_for_everybody(client, db):
    answer = client.get("/.well-known/sayso-receipt-key.json")

    assert answer.json() == receipt_signing.published_keys()
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert "max-age" in answer["Cache-Control"]
    assert "PRIVATE" not in answer.content.decode()
    assert set(answer.json()["keys"][0]) == {"kty", "crv", "use", "kid", "x"}


def test_the_program_can_be_had_from_us(client, db):
    answer = client.get("/receipt/verifier/")

    assert b"def main" in b"".join(answer.streaming_content)
    assert "verify_receipt.py" in answer["Content-Disposition"]


@pytest.fixture
def document(subscriber, interaction_id):
    return receipts.issue(subscriber, interaction_id).document


def test_a_genuine_receipt_is_called_genuine(client, document):
    page = client.post(CHECK, {"receipt": f"\n  {document}\r\n"})

    assert page.status_code == 200
    assert "This receipt is genuine" in page.content.decode()
    assert json.loads(document)["receipt"]["receipt_id"] in page.content.decode()


def test_a_changed_receipt_is_called_changed(client, document):
    page = client.post(CHECK, {"receipt": document.replace("granted", "refused")}).content.decode()

    assert "This was changed after it was signed" in page
    assert "said-success" not in page


def test_checking_asks_the_database_nothing_and_tells_nothing_of_the_person(
    client, subscriber, document, django_assert_num_queries
):
    with django_assert_num_queries(0):
        page = client.post(CHECK, {"receipt": document}).content.decode()

    outside = page.replace(document.replace('"', "&quot;"), "")
    assert subscriber.value not in page
    assert str(subscriber.reference) not in outside


UNFIT = {
    "nothing": "",
    "spaces": "  \n ",
    "too long": "{" * (64 * 1024 + 1),
    "too many bytes": "é" * (40 * 1024),
    "null": '{"a": "\x00"}',
}


@pytest.mark.parametrize("text", UNFIT.values(), ids=UNFIT)
def test_what_cannot_be_a_receipt_is_refused_with_a_sentence(client, db, text):
    page = client.post(CHECK, {"receipt": text})

    assert page.status_code == 422
    assert "invalid-feedback" in page.content.decode()


ODD = ["<script>alert(1)</script>", "😀" * 50, "\u202e}{", "%00", '{"receipt":{},"signature":{}}', "null", "0"]


@pytest.mark.parametrize("text", ODD)
def test_odd_things_are_not_genuine_and_shown_as_text_only(client, db, text):
    page = client.post(CHECK, {"receipt": text})

    assert page.status_code == 200
    assert "Not genuine" in page.content.decode()
    assert "<script>" not in page.content.decode()


def test_the_same_receipt_twice_in_one_form_is_one_check(client, document):
    page = client.post(CHECK, {"receipt": ["rubbish", document]})

    assert "This receipt is genuine" in page.content.decode()


def test_one_network_cannot_check_for_ever(client, settings, document):
    settings.FORMS_PER_NETWORK_PER_HOUR = 2

    answers = [client.post(CHECK, {"receipt": document}).status_code for _time in range(3)]

    assert answers == [200, 200, 429]


def test_the_check_speaks_the_language_of_the_browser_and_needs_no_link(client, db):
    page = client.get(CHECK)

    assert page.status_code == 200
    assert path("http://testserver/receipt/verifier/") in page.content.decode()
