"""Reading a file that somebody gave us: line by line, in bounded memory, refusing what is not a plain CSV."""

import csv
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from django.core.files.base import File
from django.utils.translation import gettext as _

from preferences.errors import Unreadable

Stream = BinaryIO | File
MAX_LINE_BYTES = 64 * 1024
MAX_RECORD_LINES = 100  # lines; more is a quotation mark that was never closed
MAX_COLUMNS = 100
DELIMITERS = (",", ";", "\t")
BYTE_ORDER_MARK = "\ufeff"
NOT_TEXT = (b"PK\x03\x04", b"\x1f\x8b", b"\xd0\xcf\x11\xe0", b"%PDF")

REQUIRED_COLUMNS = ["address", "topic", "channel", "consent_method", "consent_time", "consent_source", "evidence"]
OPTIONAL_COLUMNS = ["name", "language", "country", "region", "postal_code", "time_zone", "born_on"]
OPTIONAL_COLUMNS += ["consent_basis", "basis_date"]


class CsvRecord(NamedTuple):
    """One record of the file: where it begins and ends, and its fields by column, or why it has none."""

    line: int
    last: int
    fields: dict[str, str]
    broken: str = ""


def read_records(stream: Stream) -> Iterator[CsvRecord]:
    """Every record after the header. Raises Unreadable when the file as a whole cannot be trusted."""
    stream.seek(0)
    lines = _Lines(stream)
    delimiter, columns = _header(next(lines, ""))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while (record := _next(reader, lines, columns)) is not None:
        if record.fields or record.broken:
            yield record


class _Lines:
    """The lines of a file: counted, decoded, none longer than we allow, and not too many to one record."""

    def __init__(self, stream: Stream) -> None:
        self.stream, self.number, self.begun, self.ended = stream, 0, 0, False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        raw = self.stream.readline(MAX_LINE_BYTES + 1)
        if not raw:
            self.ended = True
            raise StopIteration
        self.number += 1
        if complaint := self._complaint(raw):
            raise Unreadable(complaint)
        return self._decoded(raw)

    def _complaint(self, raw: bytes) -> str:
        if self.number == 1 and raw.startswith(NOT_TEXT):
            return _("This is a spreadsheet, an archive or a document. Save it as CSV (UTF-8) and try again.")
        if len(raw) > MAX_LINE_BYTES:
            return _("Line %(line)d is longer than 64 KB: this is not a list of contacts.") % {"line": self.number}
        if b"\0" in raw and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
            return _("Line %(line)d contains NUL bytes: this is not a text file.") % {"line": self.number}
        if self.number - self.begun > MAX_RECORD_LINES:
            return _unclosed(self.begun)
        return ""

    def _decoded(self, raw: bytes) -> str:
        try:
            return raw.decode("utf-8").removeprefix(BYTE_ORDER_MARK if self.number == 1 else "")
        except UnicodeDecodeError:
            sentence = _("Line %(line)d is not UTF-8. Save the file as CSV (UTF-8) and try again.")
            raise Unreadable(sentence % {"line": self.number}) from None


def _unclosed(line: int) -> str:
    return _("A quotation mark is opened in line %(line)d and never closed.") % {"line": line}


def _next(reader: Iterator[list[str]], lines: _Lines, columns: list[str]) -> CsvRecord | None:
    lines.begun = line = lines.number + 1
    try:
        values = next(reader)
    except StopIteration:
        return None
    except csv.Error:
        if lines.ended:
            raise Unreadable(_unclosed(line)) from None
        return CsvRecord(line, lines.number, {}, _("The quotation marks of this line do not match."))
    return _record(line, lines.number, values, columns)


def _record(line: int, last: int, values: list[str], columns: list[str]) -> CsvRecord:
    if not any(value.strip() for value in values):
        return CsvRecord(line, last, {})
    if len(values) != len(columns):
        sentence = _("This line has %(found)d fields, and the header %(wanted)d.")
        return CsvRecord(line, last, {}, sentence % {"found": len(values), "wanted": len(columns)})
    return CsvRecord(line, last, dict(zip(columns, values, strict=True)))


def _header(line: str) -> tuple[str, list[str]]:
    """The delimiter under which the first line reads best, and its columns."""
    if not line.strip():
        raise Unreadable(_("The file is empty. Its first line must name the columns."))
    delimiter = max(
        DELIMITERS, key=lambda delimiter: len({*_names(line, delimiter)} & {*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS})
    )
    columns = _names(line, delimiter)
    if complaint := _column_complaint(columns):
        raise Unreadable(complaint)
    return delimiter, columns


def _names(line: str, delimiter: str) -> list[str]:
    values = next(csv.reader([line], delimiter=delimiter))
    return ["_".join(value.casefold().replace("-", " ").replace("_", " ").split()) for value in values]


def _column_complaint(columns: list[str]) -> str:
    if len(columns) > MAX_COLUMNS:
        return _("The first line names %(count)d columns: this is not a list of contacts.") % {"count": len(columns)}
    if missing := [name for name in REQUIRED_COLUMNS if name not in columns]:
        return _("These columns are missing: %(names)s.") % {"names": ", ".join(missing)}
    if unknown := [name or _("(empty)") for name in columns if name not in [*REQUIRED_COLUMNS, *OPTIONAL_COLUMNS]]:
        names = ", ".join(name[:30] for name in unknown[:10])
        return _("These columns are not known: %(names)s. Rename or remove them.") % {"names": names}
    if twice := sorted({name for name in columns if columns.count(name) > 1}):
        return _("These columns appear twice: %(names)s.") % {"names": ", ".join(twice)}
    return ""
