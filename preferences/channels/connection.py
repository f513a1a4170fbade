"""The way out: the only sockets of the product, one door per channel."""

from typing import Any, Protocol, Self

from django.utils.translation import gettext as _

from preferences.channels.email import SmtpConnection
from preferences.channels.outcomes import Outcome
from preferences.channels.sms import SmsConnection
from preferences.errors import Unreadable


class Connection(Protocol):
    """Used in a with-statement; opens with the first parcel and reconnects after a dropped connection."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *trouble: object) -> None: ...

    def send(self, parcel: Any, *, within: float | None = None) -> Outcome: ...


DOORS: dict[str, type[Connection]] = {"email": SmtpConnection, "sms": SmsConnection}


def connect(channel: str) -> Connection:
    """The door of a channel: "email" or "sms"."""
    if channel not in DOORS:
        raise Unreadable(_("There is no channel “%(channel)s”.") % {"channel": channel})
    return DOORS[channel]()
