"""Who handles people's data for us is on record, with an agreement or with a warning."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse

from compliance.models import Processor
from tests import factories, roles


@pytest.fixture
def desk(db):
    client = Client()
    client.force_login(roles.colleague("compliance officer", username="officer"))
    return client


@pytest.fixture
def sender(db):
    return factories.SenderFactory()


def typed(sender, **changes):
    words = {"name": "Letterbox Ltd", "purpose": "Hands mails over.", "data": "Address and mail.", "country": "ie"}
    return {**words, "safeguard": "", "agreement_on": "", "senders": [sender.pk], **changes}


def add(desk, sender, **changes):
    url = reverse("admin:compliance_processor_add")
    return desk.post(url, typed(sender, **changes), follow=True).content.decode()


def test_an_officer_enters_who_handles_the_data(desk, sender):
    shown = add(desk, sender, agreement_on="2026-01-15")

    processor = Processor.objects.get()
    assert "No agreement date" not in shown
    assert (processor.country, list(processor.senders.all())) == ("IE", [sender])
    assert processor.history.get().history_user.username == "officer"


def test_without_a_dated_agreement_it_is_saved_with_a_warning(desk, sender):
    assert "No agreement date is recorded for Letterbox Ltd." in add(desk, sender)
    assert "No agreement date" in desk.get(reverse("admin:compliance_processor_changelist")).content.decode()


@pytest.mark.parametrize("country", ["", "I", "1E", "IRL", "éé", "🇮🇪"])
def test_a_country_has_two_letters(desk, sender, country):
    add(desk, sender, country=country)

    assert not Processor.objects.exists()


def test_an_agreement_is_not_signed_in_the_future(desk, sender):
    tomorrow = datetime.date.today() + datetime.timedelta(days=2)

    assert "It cannot be in the future." in add(desk, sender, agreement_on=tomorrow.isoformat())


def test_a_processor_works_for_somebody(desk, sender):
    add(desk, sender, senders=[])

    assert not Processor.objects.exists()


def test_the_history_can_be_read_and_nobody_deletes(desk, sender):
    add(desk, sender)
    row = Processor.objects.get()

    assert desk.get(reverse("admin:compliance_processor_history", args=[row.pk])).status_code == 200
    assert desk.post(reverse("admin:compliance_processor_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(("role", "status"), [("auditor", 200), ("support", 403), ("author", 403)])
def test_others_look_or_do_not(sender, role, status):
    client = Client()
    client.force_login(roles.colleague(role))

    assert client.get(reverse("admin:compliance_processor_changelist")).status_code == status
    assert client.post(reverse("admin:compliance_processor_add"), typed(sender)).status_code == 403
