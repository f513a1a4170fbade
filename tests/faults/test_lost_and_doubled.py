"""R15 and R17: publishing that never happened, and buttons pressed twice."""

import pytest
from django.utils import timezone

from campaigns.models import Campaign
from campaigns.workflow import lifecycle
from preferences import tasks
from preferences.models import ServiceMessage
from tests import factories
from tests.conftest import subscribe
from tests.faults.harness import PART, Crew, report

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
KILLS, PEOPLE = 50 // PART, max(100, 300 // PART)


def test_a_sign_up_whose_process_died_after_the_commit_is_still_answered_once(topic, sink, environment, settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
    people = [factories.email_address(f"killed{number}@example.org") for number in range(KILLS)]
    with Crew(environment) as crew:
        crew.start("sign_up", 0, KILLS).wait(timeout=120)

    owed = ServiceMessage.objects.due(timezone.now()).count()
    tasks.deliver_service_messages()
    tasks.deliver_service_messages()

    report("R15", kills=KILLS, owed=owed, delivered=len(sink.messages))
    assert owed == KILLS
    assert sorted(message.to[0] for message in sink.messages) == sorted(person.value for person in people)


def test_two_colleagues_and_two_clocks_start_a_campaign_once(transactional_db, environment):
    author, approver = factories.UserFactory(), factories.UserFactory(username="approver")
    campaign = factories.CampaignFactory(author=author)
    [subscribe(factories.email_address(), campaign.topic) for _person in range(PEOPLE)]
    campaign = lifecycle.approve(lifecycle.submit(campaign, by=author), by=approver)

    with Crew(environment) as crew:
        both = [crew.start("start", campaign.pk, "approver") for _press in range(4)]
        said = [line.split("\t") for process in both for line in process.communicate(timeout=120)[0].splitlines()]

    added = sum(int(number) for word, number in said if word == "added")
    refused = [sentence for word, sentence in said if word == "refused"]
    report("R17", presses=4, started=4 - len(refused), messages=campaign.messages.count(), added=added)
    assert (len(refused), added, campaign.messages.count()) == (3, PEOPLE, PEOPLE)
    assert "already" in refused[0]
    assert Campaign.objects.get(pk=campaign.pk).audience_locked_at
