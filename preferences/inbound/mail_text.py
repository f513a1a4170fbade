"""What a person wrote in a mail: the visible text, without what they quoted. Pure, and safe with hostile mail."""

import codecs
import html
import re
from collections.abc import Iterator
from email.message import Message

import nh3

MAX_PARTS = 200
MAX_BYTES = 64 * 1024  # of one part
MAX_LINE_LENGTH = 1000
NOT_CHARSETS = {"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined"}  # slow, or not for text
SHOWN_TAGS = {"br", "p", "div", "li", "tr", "h1", "h2", "h3"}
QUOTED_TAGS = {"script", "style", "title", "blockquote"}
LINE_BREAKS = re.compile(r"<(?:br|/?p|/?div|/?li|/?tr|/?h[123])\s*/?>")
TAGS = re.compile(r"<[^>]*>")
BLANK_LINES = re.compile(r"\n\s*\n+")

# The line above a quotation, as mail programs write it: "On Monday Harbour Clinic wrote:". Where the service is not
# known, an address in angle brackets and a colon at the end tell it.
WROTE = re.compile(
    r"\b(?:wrote|writes|schrieb|a écrit|escribió|ha scritto|schreef|escreveu|skrev)\b|كتب", re.IGNORECASE
)
ENDS_IN_COLON = re.compile(r":\s*$")
ANGLE_ADDRESS = re.compile(r"<[^<>\s]+@[^<>\s]+>")
# The head of a forwarded or answered message, copied into the text.
DIVIDER = re.compile(r"^\s*(?:-{3,}.*-{3,}|_{10,})\s*$")
COPIED_HEAD = re.compile(r"^\W*(?:from|von|de|da|van)\W{0,3}:", re.IGNORECASE)
NEXT_IN_HEAD = re.compile(
    r"^\W*(?:sent|date|to|subject|gesendet|datum|an|betreff|envoyé|date|à|objet|enviado|fecha|para|asunto)\W{0,3}:",
    re.IGNORECASE,
)
# What a telephone adds by itself.
ADDED_BY_A_MACHINE = re.compile(
    r"^\s*(?:sent from my|get outlook for|von meinem .{0,40} gesendet|gesendet von|gesendet mit"
    r"|envoyé de mon|envoyé depuis|enviado desde|enviado de mi)\b",
    re.IGNORECASE,
)


def visible_text(message: Message) -> str:
    """The text that a mail program shows: of the plain part, or else of the page."""
    texts: dict[str, str] = {}
    for part in message_parts(message):
        kind = part.get_content_type()
        if kind in ("text/plain", "text/html") and kind not in texts and not _is_attached(part):
            texts[kind] = decode_part(part)
    return texts.get("text/plain", "").strip() or html_to_text(texts.get("text/html", ""))


def message_parts(message: Message) -> Iterator[Message]:
    """The parts of this message in order, itself first; a message within it is one part and stays closed."""
    waiting, seen = [message], 0
    while waiting and seen < MAX_PARTS:
        part = waiting.pop()
        seen += 1
        yield part
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            waiting += reversed(part.get_payload())  # type: ignore[arg-type]


def decode_part(part: Message) -> str:
    """The characters of a part, whichever alphabet it claims to be written in."""
    content = part.get_payload(decode=True)
    content = content[:MAX_BYTES] if isinstance(content, bytes) else b""
    try:
        return storable_text(content.decode(_charset(part), "strict"))
    except (UnicodeError, LookupError):
        return storable_text(content.decode("utf-8", "replace"))


def storable_text(text: str) -> str:
    """What a database can keep of it: no NUL, no half characters."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n")


def html_to_text(page: str) -> str:
    """The words of an HTML page without what is quoted in it."""
    clean = nh3.clean(page, tags=SHOWN_TAGS, attributes={}, clean_content_tags=QUOTED_TAGS)
    words = html.unescape(TAGS.sub(" ", LINE_BREAKS.sub("\n", clean.replace("\n", " "))))
    return BLANK_LINES.sub("\n\n", "\n".join(" ".join(line.split()) for line in words.split("\n"))).strip()


def without_quotations(text: str) -> str:
    """What the person wrote now: without quotations, without the signature."""
    lines = [line[:MAX_LINE_LENGTH] for line in text.split("\n")]
    kept: list[str] = []
    for number, line in enumerate(lines):
        following = lines[number + 1] if number + 1 < len(lines) else ""
        if _ends_the_new(line, following):
            break
        if not line.startswith(">") and not ADDED_BY_A_MACHINE.match(line):
            kept.append(line)
    return "\n".join(kept).strip()


def first_paragraph_of(text: str) -> str:
    """What stands before the first empty line: below it are greetings and names."""
    return BLANK_LINES.split(text.strip(), maxsplit=1)[0]


def _ends_the_new(line: str, following: str) -> bool:
    if line.rstrip() == "--" or DIVIDER.match(line):
        return True
    if COPIED_HEAD.match(line) and NEXT_IN_HEAD.match(following):
        return True
    return _introduces_a_quotation(line) or (bool(line.strip()) and _introduces_a_quotation(f"{line} {following}"))


def _introduces_a_quotation(line: str) -> bool:
    """Longer than a short sentence, or it would be one of the person's own."""
    if not ENDS_IN_COLON.search(line[-20:]) or len(line) < 20:
        return False
    return bool(ANGLE_ADDRESS.search(line) or (WROTE.search(line) and re.search(r"\d", line)))


def _charset(part: Message) -> str:
    name = codecs.lookup(str(part.get_content_charset() or "utf-8")).name
    return "utf-8" if name in NOT_CHARSETS else name


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment"
