"""What goes on by the clock in stories of many days: the workers, and who got something when."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from campaigns.sending import leases, sender
from campaigns.workflow import lifecycle

NEW_YORK = ZoneInfo("America/New_York")


def in_new_york(text):
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


def work(*campaigns):
    """What the sweep wakes the workers for."""
    leases.recover_lost_leases()
    leases.close_late()
    for campaign in campaigns:
        while sender.send_batch(campaign):
            continue
        lifecycle.finish_if_done(campaign.pk)


def row(campaign):
    return campaign.messages.get()


def receivers(text_provider):
    return [text.words["to"] for text in text_provider.texts]


def until(moment, it_is, campaign, text_provider):
    """Who else got it by a second before that moment, and who then."""
    known = len(text_provider.texts)
    it_is(moment - timedelta(seconds=1))
    work(campaign)
    before = receivers(text_provider)[known:]
    it_is(moment)
    work(campaign)
    return before, receivers(text_provider)[known + len(before) :]


class Seen(list):
    """What a provider received so far; with the last of so many, something happens."""

    def __init__(self, number, then):
        super().__init__()
        self.number, self.then = number, then

    def append(self, text):
        super().append(text)
        if len(self) == self.number:
            self.then()
