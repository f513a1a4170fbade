"""Recordings and scans that prove what somebody said: told by their first bytes, kept under a name of our own."""

import uuid

from django.core.files.base import File
from django.utils.translation import gettext as _

from preferences.errors import NotAllowed

MAX_BYTES = 25_000_000
# Extension → where in the file its mark stands, and the mark.
FILE_SIGNATURES: dict[str, list[tuple[int, bytes]]] = {
    "pdf": [(0, b"%PDF-")],
    "png": [(0, b"\x89PNG\r\n\x1a\n")],
    "jpg": [(0, b"\xff\xd8\xff")],
    "wav": [(8, b"WAVE")],
    "mp3": [(0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2")],
    "ogg": [(0, b"OggS")],
    "m4a": [(4, b"ftyp")],
    "webm": [(0, b"\x1aE\xdf\xa3")],
}


def validated_attachment(file: File) -> File:
    """The same file under an opaque name. Raises NotAllowed for what is neither a scan nor a recording."""
    if not file.size:
        raise NotAllowed(_("The file is empty. Choose the recording or the scan again."))
    if file.size > MAX_BYTES:
        raise NotAllowed(_("The file is larger than %(most)s MB. Make it smaller.") % {"most": MAX_BYTES // 1_000_000})
    extension = _extension(file)
    if not extension:
        raise NotAllowed(_("This is not a scan or recording. Use PDF, PNG or JPEG, or MP3, M4A, WAV, OGG or WebM."))
    return File(file.file, name=f"{uuid.uuid4()}.{extension}")


def _extension(file: File) -> str:
    file.seek(0)
    start = file.read(16)
    file.seek(0)
    return next(
        (kind for kind, marks in FILE_SIGNATURES.items() if any(start.startswith(m, at) for at, m in marks)), ""
    )
