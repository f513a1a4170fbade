"""Where the post room keeps what went out and what was answered: one file each, whole or not at all."""

import json
import re
import secrets
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from functools import cached_property
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString

from config.demo import hyperlinks

NAME = re.compile(r"[0-9]{20}-[0-9a-f]{12}")
NANOSECONDS = 1_000_000_000


def room() -> Path:
    """The folder, made on first use."""
    folder = Path(settings.POST_ROOM)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def put(content: bytes, *, ending: str, name: str = "") -> str:
    """Keep one piece, under a new name if it has none; a reader sees all of it or nothing."""
    name = name or f"{time.time_ns():020d}-{secrets.token_hex(6)}"
    unfinished = room() / f".{name}"
    unfinished.write_bytes(content)
    unfinished.replace(room() / f"{name}.{ending}")
    return name


def put_text(words: dict[str, str], *, name: str = "") -> str:
    return put(json.dumps(words, ensure_ascii=False).encode(), ending="json", name=name)


def names(ending: str) -> list[str]:
    """Newest first."""
    return sorted((path.stem for path in room().glob(f"[0-9]*.{ending}")), reverse=True)


def moment(name: str) -> datetime:
    """When the piece with this name arrived."""
    return datetime.fromtimestamp(int(name[:20]) / NANOSECONDS, tz=UTC)


@dataclass(frozen=True)
class Mail:
    """One mail that went out, as the catcher received it."""

    name: str

    @cached_property
    def raw(self) -> bytes:
        return (room() / f"{self.name}.eml").read_bytes()

    @cached_property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def at(self) -> datetime:
        return moment(self.name)

    @property
    def to(self) -> str:
        return str(self.message["To"] or self.message["Delivered-To"] or "")

    @property
    def sender(self) -> str:
        return str(self.message["From"] or "")

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.message.items()]

    @property
    def text(self) -> str:
        return self._part("plain")

    @property
    def linked_text(self) -> SafeString:
        return hyperlinks.linked(self.text)

    @property
    def html(self) -> str:
        return self._part("html")

    @property
    def one_click_url(self) -> str:
        """Where a mail program posts to unsubscribe; empty when this mail offers no one-click."""
        if "one-click" not in str(self.message["List-Unsubscribe-Post"] or "").lower():
            return ""
        found = re.search(r"<(https?://[^>]+)>", str(self.message["List-Unsubscribe"] or ""))
        return found[1] if found else ""

    @property
    def leave_mailbox(self) -> str:
        """Where a mail program writes to unsubscribe; empty when this mail names no address for it."""
        found = re.search(r"<mailto:([^?>]+)", str(self.message["List-Unsubscribe"] or ""))
        return found[1] if found else ""

    @property
    def answers_go_to(self) -> str:
        return str(self.message["Reply-To"] or self.message["From"] or "")

    def _part(self, subtype: str) -> str:
        part = self.message.get_body((subtype,))
        return part.get_content() if part else ""


@dataclass(frozen=True)
class Text:
    """One text: ours, or an answer to it."""

    name: str
    ours: str
    theirs: str
    body: str
    is_answer: bool
    outcome: str

    @property
    def at(self) -> datetime:
        return moment(self.name)

    @property
    def linked_body(self) -> SafeString:
        return hyperlinks.linked(self.body)


def mails(word: str = "") -> list[Mail]:
    """Newest first, those with the word in them; without one, each is read only when it is looked at."""
    kept = [Mail(name) for name in names("eml")]
    sought = word.strip().lower().encode()
    return [mail for mail in kept if sought in mail.raw.lower()] if sought else kept


def mail(name: str) -> Mail | None:
    return Mail(name) if NAME.fullmatch(name) and (room() / f"{name}.eml").exists() else None


def texts() -> list[Text]:
    """Newest first, answers included."""
    return [_text(name) for name in names("json")]


def _text(name: str) -> Text:
    words = json.loads((room() / f"{name}.json").read_bytes())
    is_answer = words.get("direction") == "answer"
    ours, theirs = (words["to"], words["from"]) if is_answer else (words["from"], words["to"])
    return Text(name, ours, theirs, words["body"], is_answer, words.get("outcome", ""))
