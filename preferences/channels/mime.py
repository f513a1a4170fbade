"""The pieces of an email: each header whole or folded by us, each body quoted-printable."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Mapping
from email.utils import format_datetime

import idna
from django.utils import timezone

from preferences.codes.send_details import NotComposable, SendDetail

LONGEST_LINE = 998
FOLD_AT = 76
LONGEST_WORD = 60
LONGEST_ADDRESS = 254
BYTES_PER_WORD = 42  # of UTF-8, so that an encoded word stays within its 75 characters
ADDRESS = re.compile(r'[^\s<>()\[\]\\,;:@"]+@[^\s<>()\[\]\\,;:@"]+')
BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
ATOMS = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?: [\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
HEADER_NAME = re.compile(r"[A-Za-z0-9-]+")
MESSAGE_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")
OURS = re.compile(
    r"from|sender|to|cc|bcc|reply-to|subject|date|message-id|mime-version|content-.*|return-path|received|resent-.*"
)


def is_address(value: str) -> bool:
    """One plain mailbox: no list, no route, no comment, no quoting, nothing invisible."""
    return bool(ADDRESS.fullmatch(value)) and value.isprintable() and len(value.encode()) <= LONGEST_ADDRESS


def address(value: str) -> str:
    """The address as it travels, its domain in ASCII."""
    if not is_address(value):
        raise NotComposable(SendDetail.BAD_ADDRESS, BREAKS.sub(" ", value)[:100])
    local, _at, domain = value.rpartition("@")
    if domain.isascii():
        return value
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError as error:
        raise NotComposable(SendDetail.BAD_DOMAIN, domain) from error


def mailbox(name: str, person: str, of: str) -> str:
    """From, To or Reply-To with its one address."""
    phrase = _phrase(BREAKS.sub(" ", person).strip())
    line = f"{name}: {phrase} <{of}>" if phrase else f"{name}: {of}"
    return line if len(line) <= FOLD_AT or not phrase else f"{name}: {phrase}\r\n <{of}>"


def subject(value: str) -> str:
    """Line breaks and controls become spaces; a long subject is folded."""
    words = BREAKS.sub(" ", value).strip()
    parts = words.split(" ")
    if not words.isascii() or "=?" in words or "  " in words or max(map(len, parts)) > LONGEST_WORD:
        return f"Subject: {_folded(_encoded_words(words))}"
    return _folded(["Subject:", *parts])


def date() -> str:
    return f"Date: {format_datetime(timezone.now())}"


def message_id(value: str) -> str:
    """With its angle brackets, which callers may leave out."""
    value = value if value.startswith("<") else f"<{value}>"
    if not MESSAGE_ID.fullmatch(value) or len(value) > LONGEST_ADDRESS:
        raise NotComposable(SendDetail.BAD_MESSAGE_ID)
    return value


def single_lines(headers: Mapping[str, str]) -> Iterator[str]:
    """Further headers, each whole on one line: List-Unsubscribe is read literally and signed."""
    seen: set[str] = set()
    for name, value in headers.items():
        key = name.lower()
        if not HEADER_NAME.fullmatch(name) or OURS.fullmatch(key) or key in seen:
            raise NotComposable(SendDetail.BAD_HEADER, BREAKS.sub(" ", name)[:100])
        seen.add(key)
        yield _on_one_line(name, value)


def body(text: str, html: str, *, mark: str) -> bytes:
    """The text, or the text and the page as two ways to read the same thing."""
    if not html:
        return _part("plain", text)
    boundary = b"=_" + hashlib.sha256(encoded(mark)).hexdigest()[:24].encode()
    return b'Content-Type: multipart/alternative; boundary="%b"\r\n\r\n--%b\r\n%b\r\n--%b\r\n%b\r\n--%b--\r\n' % (
        boundary,
        boundary,
        _part("plain", text),
        boundary,
        _part("html", html),
        boundary,
    )


def encoded(value: str) -> bytes:
    try:
        return value.encode()
    except UnicodeEncodeError as error:
        raise NotComposable(SendDetail.INCOMPLETE_CHARACTER) from error


def _part(kind: str, text: str) -> bytes:
    lines = encoded(text.replace("\r\n", "\n").replace("\r", "\n"))
    head = b"Content-Type: text/%b; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
    safe = binascii.b2a_qp(lines, istext=True).replace(b"\r", b"").replace(b"\n", b"\r\n")
    return head % kind.encode() + safe + (b"" if safe.endswith(b"\r\n") else b"\r\n")


def _phrase(person: str) -> str:
    """A display name: as it is, in quotes, or encoded, whichever keeps it whole and harmless."""
    if not person.isascii() or len(person) > LONGEST_WORD or "=?" in person:
        return _folded(_encoded_words(person))
    if ATOMS.fullmatch(person) or not person:
        return person
    return '"' + person.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _on_one_line(name: str, value: str) -> str:
    if BREAKS.search(value):
        raise NotComposable(SendDetail.HEADER_OF_SEVERAL_LINES, name)
    words, bracket, target = value.rpartition(" <") if " <" in value else (value, "", "")
    if not words.isascii():
        value = " ".join(_encoded_words(words)) + bracket + target
    line = f"{name}: {value}"
    if not line.isascii() or len(line) >= LONGEST_LINE:
        raise NotComposable(SendDetail.HEADER_TOO_LONG, name)
    return line


def _encoded_words(text: str) -> list[str]:
    """RFC 2047, cut between characters."""
    words, chunk = [], b""
    for piece in map(encoded, text):
        if len(chunk) + len(piece) > BYTES_PER_WORD:
            words.append(chunk)
            chunk = b""
        chunk += piece
    return [f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in [*words, chunk]]


def _folded(words: list[str]) -> str:
    """Words with spaces between them, broken before the word that would make a line too long."""
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + len(word) < FOLD_AT:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return "\r\n ".join(lines)
