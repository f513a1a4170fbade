"""Where the demo inbox keeps what went out and what was answered: one file each, whole or not at all."""

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


def store_folder() -> Path:
    """The folder, made on first use."""
    folder = Path(settings.DEMO_INBOX_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def store(content: bytes, *, ending: str, name: str = "") -> str:
    """Keep one piece, under a new name if it has none; a reader sees all of it or nothing."""
    name = name or f"{time.time_ns():020d}-{secrets.token_hex(6)}"
    unfinished = store_folder() / f".{name}"
    unfinished.write_bytes(content)
    unfinished.replace(store_folder() / f"{name}.{ending}")
    return name


def store_sms(words: dict[str, str], *, name: str = "") -> str:
    return store(json.dumps(words, ensure_ascii=False).encode(), ending="json", name=name)


def stored_names(ending: str) -> list[str]:
    """Newest first."""
    return sorted((path.stem for path in store_folder().glob(f"[0-9]*.{ending}")), reverse=True)


def arrived_at(name: str) -> datetime:
    """When the piece with this name arrived."""
    return datetime.fromtimestamp(int(name[:20]) / NANOSECONDS, tz=UTC)


@dataclass(frozen=True)
class StoredMail:
    """One mail that went out, as the catcher received it."""

    name: str

    @cached_property
    def raw(self) -> bytes:
        return (store_folder() / f"{self.name}.eml").read_bytes()

    @cached_property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    @property
    def at(self) -> datetime:
        return arrived_at(self.name)

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
        return hyperlinks.with_links(self.text)

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
class StoredSms:
    """One text: ours, or an answer to it."""

    name: str
    ours: str
    theirs: str
    body: str
    is_answer: bool
    outcome: str

    @property
    def at(self) -> datetime:
        return arrived_at(self.name)

    @property
    def linked_body(self) -> SafeString:
        return hyperlinks.with_links(self.body)


def stored_mails(word: str = "") -> list[StoredMail]:
    """Newest first, those with the word in them; without one, each is read only when it is looked at."""
    kept = [StoredMail(name) for name in stored_names("eml")]
    sought = word.strip().lower().encode()
    return [mail for mail in kept if sought in mail.raw.lower()] if sought else kept


def read_stored_mail(name: str) -> StoredMail | None:
    return StoredMail(name) if NAME.fullmatch(name) and (store_folder() / f"{name}.eml").exists() else None


def stored_sms() -> list[StoredSms]:
    """Newest first, answers included."""
    return [_text(name) for name in stored_names("json")]


def _text(name: str) -> StoredSms:
    words = json.loads((store_folder() / f"{name}.json").read_bytes())
    is_answer = words.get("direction") == "answer"
    ours, theirs = (words["to"], words["from"]) if is_answer else (words["from"], words["to"])
    return StoredSms(name, ours, theirs, words["body"], is_answer, words.get("outcome", ""))
