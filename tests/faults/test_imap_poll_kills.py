"""The process that empties the mailbox is killed at each step. Every mail counts, and none twice."""

import pytest

from preferences.links import mailto
from preferences.links.tokens import TokenClaims
from preferences.models import InboundMessage, ServiceMessage
from tests import factories
from tests.conftest import subscribe
from tests.faults.harness import PART, Crew, report
from tests.imap_server import HOST, PASSWORD, USER, Mailbox
from tests.preferences.inbound.mails import mail

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]
STEPS = ["UID FETCH", "UID STORE", "UID MOVE", "UID EXPUNGE"]


@pytest.mark.parametrize("step", STEPS if PART == 1 else STEPS[:1])
def test_a_visit_that_is_killed_loses_no_mail_and_does_nothing_twice(topic, step, settings):
    settings.UNSUBSCRIBE_MAILTO = "out@in.example.org"
    people = [subscribe(factories.email_address(), topic) for _person in range(3)]
    lacks = {"MOVE"} if step == "UID EXPUNGE" else set()
    with Mailbox(lacks=lacks) as box, Crew(_environment(box)) as crew:
        for person in people:
            box.put(mail(to=mailto.unsubscribe_mailbox(TokenClaims(person.pk, 0, topic=topic.pk))))
        victim = crew.start("poll")
        box.before[step] = lambda: (box.before.pop(step), crew.kill(victim))
        victim.wait(timeout=60)
        crew.start("poll").wait(timeout=60)

    left = [person.events.filter(kind="withdrawn").count() for person in people]
    told = [person.service_messages.filter(kind=ServiceMessage.Kind.UNSUBSCRIBED).count() for person in people]
    report("mailbox", step=step, rows=InboundMessage.objects.count(), left=left, told=told, killed=victim.returncode)
    assert victim.returncode == -9
    assert (left, told) == ([1, 1, 1], [1, 1, 1])
    assert InboundMessage.objects.count() == len(people)


def _environment(box):
    return {
        "IMAP_HOST": HOST,
        "IMAP_PORT": str(box.port),
        "IMAP_SSL": "off",
        "IMAP_USER": USER,
        "IMAP_PASSWORD": PASSWORD,
    }
