"""Tables that people open in a spreadsheet: what looks like a formula stays text there."""

import csv
import io
from collections.abc import Iterable

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠", "|", "%")


def csv_text(header: list[str], rows: Iterable[Iterable[object]]) -> str:
    """A CSV table whose cells are all inert, with a mark by which spreadsheets know it is UTF-8."""
    written = io.StringIO()
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerows([escape_formula(cell) for cell in row] for row in [header, *rows])
    return "\ufeff" + written.getvalue()


def escape_formula(cell: object) -> str:
    """The cell as text, None as an empty one. What a spreadsheet would run gets an apostrophe before it; take it away
    for the raw value."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) or text.startswith("'") else text
