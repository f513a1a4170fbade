"""How the pages of the back office are opened and read, for tests."""

import re

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.models import Campaign

BUTTONS = ["submit", "approve", "return_to_author", "schedule", "start", "pause", "resume", "cancel"]


def page(name, *args):
    return reverse(f"admin:campaigns_{name}", args=args)


def button(name, campaign):
    return page(f"campaign_{name}", campaign.pk)


def words_of(answer):
    """What a person reads on the page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def status(campaign):
    return Campaign.objects.get(pk=campaign.pk).status


def queries(client, url):
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)
