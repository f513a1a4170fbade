"""One visit to the mailbox (IMAP4rev1, RFC 3501): look what lies there, read it, lay it into another folder.

Whatever lies in the watched folder has not been dealt with: that is the whole cursor, and it survives every crash.
No flag counts but our own, for a colleague who opens a mail in the same mailbox marks it as read.
"""

import contextlib
import imaplib
import re
import ssl
from collections.abc import Callable
from types import TracebackType
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from preferences.errors import SaysoError

STEP_SECONDS = 15
UID = re.compile(rb"[1-9][0-9]{0,9}")
OUR_FLAG = "SaysoDone"


class Unreachable(SaysoError):
    """Nobody answers where the mailbox should be, or not in IMAP; the next visit tries again."""


class Refused(SaysoError):
    """The mail server answered, and said no; the message has its words."""


class Session:
    """A mailbox that was opened; used in a with-statement."""

    def __init__(self) -> None:
        self._server = _reached("CONNECT", _connect)
        self._can: set[bytes] = set()
        try:
            self._ask("LOGIN", self._server.login, settings.IMAP_USER, settings.IMAP_PASSWORD)
            self._can = set(b" ".join(self._ask("CAPABILITY", self._server.capability)).upper().split())
            self._ask("SELECT", self._server.select, _quoted(settings.IMAP_FOLDER))
        except SaysoError:
            self._server.shutdown()
            raise

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            self._server.logout()
        except (OSError, imaplib.IMAP4.error):
            self._server.shutdown()

    def waiting(self) -> list[bytes]:
        """The UIDs of what lies there, oldest first."""
        found = self._uid("SEARCH", "UNDELETED", "UNKEYWORD", OUR_FLAG)
        return UID.findall(found[0] or b"")

    def fetch(self, uid: bytes, most: int) -> bytes | None:
        """The first bytes of one mail, without marking it as read; None if it is gone."""
        answer = self._uid("FETCH", uid.decode(), f"(BODY.PEEK[]<0.{most}>)")
        return next((part[1] for part in answer if isinstance(part, tuple)), None)

    def lay_aside(self, uid: bytes, folder: str) -> None:
        """Out of the watched folder, into that one; it is made when it is not there yet."""
        with contextlib.suppress(Refused):  # not every server keeps flags it does not know; the move is what counts
            self._uid("STORE", uid.decode(), "+FLAGS.SILENT", rf"(\Seen {OUR_FLAG})")
        if b"MOVE" in self._can:
            self._into(folder, "MOVE", uid)
            return
        self._into(folder, "COPY", uid)
        self._uid("STORE", uid.decode(), "+FLAGS.SILENT", r"(\Deleted)")
        if b"UIDPLUS" in self._can:
            self._uid("EXPUNGE", uid.decode())
        else:
            self._ask("EXPUNGE", self._server.expunge)

    def _into(self, folder: str, verb: str, uid: bytes) -> None:
        try:
            self._uid(verb, uid.decode(), _quoted(folder))
        except Refused:
            self._ask("CREATE", self._server.create, _quoted(folder))
            self._uid(verb, uid.decode(), _quoted(folder))

    def _uid(self, *command: str) -> list:
        return self._ask(command[0], self._server.uid, *command)

    @staticmethod
    def _ask(name: str, command: Callable[..., tuple[str, list]], *words: str) -> list:
        """The answer to one command. Raises Refused or Unreachable."""
        status, answer = _reached(name, command, *words)
        if status != "OK":
            said = b" ".join(part for part in answer if isinstance(part, bytes))
            raise Refused(_refusal(name, said.decode("utf-8", "replace")))
        return answer


def _reached(name: str, command: Callable[..., Any], *words: str) -> Any:
    try:
        return command(*words)
    except (OSError, imaplib.IMAP4.abort) as error:
        raise Unreachable(_("The mailbox does not answer: %(words)s") % {"words": _said(error)}) from error
    except (imaplib.IMAP4.error, ValueError) as error:
        raise Refused(_refusal(name, _said(error))) from error


def _refusal(command: str, words: str) -> str:
    return _("The mailbox refused %(command)s: %(words)s") % {"command": command, "words": words[:200]}


def _connect() -> imaplib.IMAP4:
    where = {"host": settings.IMAP_HOST, "port": settings.IMAP_PORT, "timeout": STEP_SECONDS}
    if settings.IMAP_SSL:
        return imaplib.IMAP4_SSL(ssl_context=ssl.create_default_context(), **where)
    return imaplib.IMAP4(**where)


def _quoted(folder: str) -> str:
    """As an IMAP string. Names beyond ASCII are written as the server lists them (modified UTF-7)."""
    return '"' + folder.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _said(error: Exception) -> str:
    words = error.args[0] if error.args else ""
    return words.decode("utf-8", "replace") if isinstance(words, bytes) else str(error) or type(error).__name__
