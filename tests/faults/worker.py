"""What the processes of the fault tests do: `python -m tests.faults.worker send|leave|start …`."""

import os
import random
import signal
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.test")
django.setup()

from django.contrib.auth.models import User  # noqa: E402
from django.db import transaction  # noqa: E402

from campaigns.audience import service as audience  # noqa: E402
from campaigns.models import Campaign, Message  # noqa: E402
from campaigns.sending import leases, sender  # noqa: E402
from campaigns.workflow import lifecycle  # noqa: E402
from preferences.consent import service as consent  # noqa: E402
from preferences.errors import NotAllowed  # noqa: E402
from preferences.inbound import imap_poll  # noqa: E402
from preferences.models import Address, Notice, Source  # noqa: E402


def send(campaign_id: str) -> None:
    """Send until nothing is open any more, sweeping as the clock would."""
    campaign = Campaign.objects.select_related("topic__sender").get(pk=campaign_id)
    while campaign.messages.open().exists():
        leases.recover_lost_leases()
        if not sender.send_batch(campaign):
            time.sleep(0.05)


def leave(campaign_id: str, seed: str, how_many: str) -> None:
    """Opt people out while their message is on its way; say who, and when the answer could leave."""
    chance = random.Random(int(seed))
    campaign = Campaign.objects.select_related("topic").get(pk=campaign_id)
    said = 0
    while said < int(how_many) and (address := _contested(campaign, chance)):
        consent.withdraw(address, campaign.topic, source=Source.ONE_CLICK)
        say(address.value, time.monotonic())
        said += 1


def _contested(campaign: Campaign, chance: random.Random) -> Address | None:
    """Somebody whose message is in somebody's hands at this moment, or else the next in line."""
    held = campaign.messages.filter(status__in=[Message.Status.LEASED, Message.Status.SENDING])
    waiting = campaign.messages.open().exclude(address__subscriptions__status="ended").order_by("pk")
    rows = list(held.exclude(address__subscriptions__status="ended")[:40]) or list(waiting[:40])
    return chance.choice(rows).address if rows else None


def start(campaign_id: str, username: str) -> None:
    """Press "start" as this colleague, and freeze the audience as the clock would."""
    campaign = Campaign.objects.get(pk=campaign_id)
    try:
        lifecycle.start(campaign, by=User.objects.get(username=username))
        say("started", 0)
    except NotAllowed as refusal:
        say("refused", str(refusal))
    say("added", audience.freeze(campaign, chunk=50))


def sign_up(first: str, how_many: str) -> None:
    """Sign people up, each in a process that is killed after the commit and before anything is published."""
    notice = Notice.objects.first()
    for number in range(int(first), int(first) + int(how_many)):
        address = Address.objects.get(value=f"killed{number}@example.org")
        django.db.connections.close_all()
        if os.fork() == 0:
            _ask_and_die(address, notice)
        os.wait()


def _ask_and_die(address: Address, notice: Notice) -> None:
    with transaction.atomic():
        consent.ask(address, [notice], source=Source.SIGN_UP)
        transaction.on_commit(lambda: os.kill(os.getpid(), signal.SIGKILL))


def poll() -> None:
    """Visit the mailbox once, as the clock would."""
    say(imap_poll.poll_once())


def say(*words: object) -> None:
    sys.stdout.write("\t".join(map(str, words)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    command, *arguments = sys.argv[1:]
    {"send": send, "leave": leave, "start": start, "sign_up": sign_up, "poll": poll}[command](*arguments)
