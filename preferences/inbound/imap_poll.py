"""Empty the mailbox: read each mail, do what it says, lay it aside. Killed anywhere, the next visit goes on.

Each mail is fetched, then received in one transaction, then laid aside. What was received and not yet laid aside is
met again, and known by its bytes. No transaction is open while the mailbox is spoken to.
"""

import logging
import time
from dataclasses import dataclass, field

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from preferences.channels.imap.session import Refused, Session, Unreachable
from preferences.inbound import mail, mail_parser
from preferences.models import Address, InboundMessage

logger = logging.getLogger(__name__)
PROVIDER = "imap"
DONE_FOLDER = "Sayso done"
MAX_SECONDS = 50
REQUIRED_SETTINGS = ("IMAP_HOST", "IMAP_USER", "IMAP_PASSWORD")


@dataclass
class PollResult:
    """What one visit found, and what stopped it."""

    taken: list[InboundMessage] = field(default_factory=list)
    trouble: str = ""

    @property
    def addresses(self) -> list[Address]:
        """Whose mail it was: they may be owed an answer."""
        return list({inbound.address_id: inbound.address for inbound in self.taken if inbound.address}.values())

    def __str__(self) -> str:
        many = len(self.taken)
        read = ngettext("%(many)s email was read.", "%(many)s emails were read.", many) % {"many": many}
        return f"{read} {self.trouble}".strip()


def missing_setting() -> str:
    """The setting without which there is no mailbox; empty when all are there."""
    return next((name for name in REQUIRED_SETTINGS if not getattr(settings, name)), "")


def poll_once() -> PollResult:
    """Read what lies in the mailbox, for less than a minute. A mailbox that fails is met again at the next visit."""
    done = PollResult()
    if name := missing_setting():
        done.trouble = _("No mailbox is set up: set %(name)s.") % {"name": name}
        return done
    try:
        with Session() as session:
            _process_mails(session, done)
    except (Refused, Unreachable) as problem:
        logger.warning("The mailbox could not be read: %s", problem)
        done.trouble = str(problem)
    return done


def _process_mails(session: Session, done: PollResult) -> None:
    ends_at = time.monotonic() + MAX_SECONDS
    for uid in session.waiting():
        raw = session.fetch(uid, mail_parser.MAX_MAIL_BYTES)
        if raw is not None:
            done.taken.append(mail.receive_safely(raw, provider=PROVIDER))
            _move_to_done(session, uid, done)
        if time.monotonic() >= ends_at:
            return


def _move_to_done(session: Session, uid: bytes, done: PollResult) -> None:
    """A mail that has to stay where it is keeps nobody else's from being read."""
    try:
        session.lay_aside(uid, DONE_FOLDER)
    except Refused as refusal:
        logger.warning("A mail that was read could not be laid aside: %s", refusal)
        done.trouble = str(refusal)
