"""A sender's logo: taken by what the file is, never by its name. No SVG, which could carry a program."""

import hashlib
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from preferences.errors import NotAllowed
from preferences.models import Sender

MAX_BYTES = 20_000
SMALLEST, LARGEST = 16, 2000  # pixels on a side
PNG = b"\x89PNG\r\n\x1a\n"
JPEG_FRAMES = {*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True)
class LogoImage:
    """What a file turned out to be."""

    media_type: str
    ending: str
    width: int
    height: int


def parse_logo(data: bytes) -> LogoImage:
    """The picture in a file. Raises NotAllowed with a sentence that says what to bring instead."""
    if len(data) > MAX_BYTES:
        raise NotAllowed(
            _("The logo is larger than %(limit)s kB. Save it smaller: it is shown 48 pixels high.")
            % {"limit": MAX_BYTES // 1000}
        )
    picture = _parse_image(data)
    if picture is None:
        raise NotAllowed(
            _("This is not a complete PNG, JPEG or WebP image. Save the logo in one of these formats, then try again.")
        )
    if not all(SMALLEST <= side <= LARGEST for side in (picture.width, picture.height)):
        raise NotAllowed(
            _("The logo is %(width)d by %(height)d pixels. Each side must have between %(least)d and %(most)d.")
            % {"width": picture.width, "height": picture.height, "least": SMALLEST, "most": LARGEST}
        )
    return picture


def logo_version(sender: Sender) -> str:
    """Names one logo, so that browsers may keep it for good: another file never has the same name."""
    return hashlib.sha256(str(sender.logo.name).encode()).hexdigest()[:12]


def _parse_image(data: bytes) -> LogoImage | None:
    try:
        return _png(data) or _webp(data) or _jpeg(data)
    except (struct.error, IndexError):
        return None


def _png(data: bytes) -> LogoImage | None:
    """Every part is whole, the picture is the first and the end is the last: nothing hides behind it."""
    if not data.startswith(PNG):
        return None
    parts = list(_png_parts(data))
    if parts[0] != b"IHDR" or parts[-1] != b"IEND" or b"IDAT" not in parts:
        return None
    return LogoImage("image/png", "png", *struct.unpack(">II", data[16:24]))


def _png_parts(data: bytes) -> Iterator[bytes]:
    at = len(PNG)
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        (checksum,) = struct.unpack_from(">I", data, at + 8 + length)
        yield kind if zlib.crc32(data[at + 4 : at + 8 + length]) == checksum else b"broken"
        at += 12 + length
        if kind == b"IEND" and at != len(data):
            yield b"more"


def _jpeg(data: bytes) -> LogoImage | None:
    if not (data.startswith(b"\xff\xd8\xff") and data.endswith(b"\xff\xd9")):
        return None
    at = 2
    while data[at] == 0xFF and data[at + 1] not in JPEG_FRAMES:
        at += 2 + struct.unpack_from(">H", data, at + 2)[0]
    if data[at] != 0xFF:
        return None
    height, width = struct.unpack_from(">HH", data, at + 5)
    return LogoImage("image/jpeg", "jpg", width, height)


def _webp(data: bytes) -> LogoImage | None:
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP" or struct.unpack_from("<I", data, 4)[0] + 8 != len(data):
        return None
    size = WEBP_SIZES.get(data[12:16])
    return LogoImage("image/webp", "webp", *size(data)) if size else None


def _lossy(data: bytes) -> tuple[int, int]:
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


def _lossless(data: bytes) -> tuple[int, int]:
    (bits,) = struct.unpack_from("<I", data, 21)
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _extended(data: bytes) -> tuple[int, int]:
    return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1


WEBP_SIZES = {b"VP8 ": _lossy, b"VP8L": _lossless, b"VP8X": _extended}
