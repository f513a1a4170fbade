"""Files of contacts with proof of consent: checked first, then applied, a chunk at a time.

A dry run changes nothing but its own row. Applying saves the cursor in the same transaction as the rows it
made, so that a killed worker costs no row and makes none twice.

Writes: Import.
"""

import hashlib
import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from itertools import islice
from uuid import NAMESPACE_URL, uuid5

from django.conf import settings
from django.contrib.auth.models import User
from django.core.files.base import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from preferences.consent import service as consent
from preferences.consent.evidence import Proof
from preferences.contacts import service as contacts
from preferences.errors import NotAllowed, SaysoError, Unreadable
from preferences.imports import row_outcomes, row_parser
from preferences.imports.csv_reader import Stream
from preferences.imports.row_outcomes import GRANTED, EarlierRows, EvaluatedRow, RowOutcome
from preferences.models import Address, Basis, Import, Method, Source, Topic

logger = logging.getLogger(__name__)
ImportStatus = Import.Status

CHECK_CHUNK = 500
PAUSE_SECONDS = 0.02  # between chunks: on SQLite everybody else who writes gets a turn here
STALLED_AFTER = timedelta(seconds=60)
MAX_PROBLEMS = 1_000
LEFT_OUT = "problems_left_out"
LINES = "lines"


def dry_run(file: Stream, *, name: str, by: User | None = None) -> Import:
    """What applying this file would do. Changes nothing but the Import row; a file already applied stays so."""
    digest = _digest(file)
    known = Import.objects.filter(digest=digest).first()
    if known and known.status in (ImportStatus.APPLYING, ImportStatus.APPLIED):
        return known
    import_ = known or Import(digest=digest)
    import_.file_name, import_.by, import_.line = _safe_file_name(name), by, 0
    import_.counts, import_.problems = _empty_counts(), []
    _check(import_, file)
    _store_file(import_, file)
    import_.save()
    return import_


def _check(import_: Import, file: Stream) -> None:
    import_.status = ImportStatus.CHECKED
    earlier = EarlierRows()
    try:
        for chunk in _chunks(row_parser.parse_rows(file), CHECK_CHUNK):
            for judged in row_outcomes.evaluate_rows(chunk, earlier):
                _count(import_, judged)
            import_.counts[LINES] = chunk[-1].last
    except Unreadable as error:
        import_.status, import_.counts = ImportStatus.REFUSED, _empty_counts()
        import_.problems = [{"line": 0, "sentence": str(error)}]


def _store_file(import_: Import, file: Stream) -> None:
    """The file waits beside its row until it is applied, under a name of our own."""
    if import_.status == ImportStatus.CHECKED and not import_.file:
        file.seek(0)
        import_.file.save(f"{import_.digest}.csv", File(file), save=False)


def _digest(file: Stream) -> str:
    size = file.seek(0, 2)
    if size > settings.IMPORT_MAX_BYTES:
        limit = settings.IMPORT_MAX_BYTES // 1_000_000
        raise Unreadable(_("The file is larger than %(limit)d MB. Split it and import the parts.") % {"limit": limit})
    file.seek(0)
    digest = hashlib.sha256()
    while block := file.read(1 << 20):
        digest.update(block)
    return digest.hexdigest()


def _safe_file_name(name: str) -> str:
    """The name the file came with, without folders or characters that nobody types."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(character for character in last if character.isprintable())[:200] or _("unnamed file")


@transaction.atomic
def start(import_: Import, *, by: User | None = None) -> Import:
    """Apply what was checked. Raises NotAllowed for a refused file; an applied one stays as it is."""
    import_ = Import.objects.select_for_update().get(pk=import_.pk)
    if import_.status == ImportStatus.REFUSED:
        raise NotAllowed(_("This file was refused. Correct it, and import it again."))
    if import_.status == ImportStatus.CHECKED:
        import_.status, import_.by, import_.line = ImportStatus.APPLYING, by or import_.by, 0
        import_.counts, import_.problems = {**_empty_counts(), LINES: import_.counts.get(LINES, 0)}, []
        import_.save()
    return import_


def apply(import_: Import) -> Import:
    """Apply a started import to its end. After a kill it goes on where it stopped; a second run adds nothing."""
    import_ = Import.objects.get(pk=import_.pk)
    if import_.status != ImportStatus.APPLYING:
        return import_
    try:
        with import_.file.open("rb") as stream:
            if _digest(stream) != import_.digest:
                raise Unreadable(_("The file is not the one that was checked. Import it again."))
            return _apply_from(import_, stream)
    except (OSError, ValueError, SaysoError) as error:
        return _refuse_import(import_, error)


def _apply_from(import_: Import, stream: Stream) -> Import:
    earlier = EarlierRows()
    rows = row_parser.parse_rows(stream)
    for chunk in _chunks(_after(rows, import_.line, earlier), settings.IMPORT_CHUNK):
        if not (fresh := _apply_chunk(import_, chunk, earlier)):
            return Import.objects.get(pk=import_.pk)
        import_ = fresh
        time.sleep(PAUSE_SECONDS)
    return _finish(import_)


def _after(rows: Iterator[row_parser.ImportRow], line: int, earlier: EarlierRows) -> Iterator[row_parser.ImportRow]:
    """The rows after the cursor; those before it are remembered only."""
    for row in rows:
        if row.last > line:
            yield row
        else:
            row_outcomes.remember_row(row, earlier)


@transaction.atomic
def _apply_chunk(import_: Import, chunk: list[row_parser.ImportRow], earlier: EarlierRows) -> Import | None:
    """The rows and the cursor together; None when another worker has moved the cursor meanwhile."""
    fresh = Import.objects.select_for_update().get(pk=import_.pk)
    if (fresh.status, fresh.line) != (ImportStatus.APPLYING, import_.line):
        return None
    for judged in row_outcomes.evaluate_rows(chunk, earlier):
        _apply_row(fresh, judged)
        _count(fresh, judged)
    fresh.line = chunk[-1].last
    fresh.save()
    return fresh


def _apply_row(import_: Import, judged: EvaluatedRow) -> None:
    if judged.outcome not in (*GRANTED, RowOutcome.NO_PROOF):
        return
    address = judged.address or _add_address(import_, judged.row)
    if judged.outcome in GRANTED and judged.row.topic:
        _grant(import_, address, judged.row.topic, judged)


def _add_address(import_: Import, row: row_parser.ImportRow) -> Address:
    return contacts.add_address(
        row.channel,
        row.value,
        by=import_.by,
        name=row.name,
        language=row.language,
        country=row.country,
        **row.details,
    )


def _grant(import_: Import, address: Address, topic: Topic, judged: EvaluatedRow) -> None:
    """The gate asks again, under the lock: somebody who left a moment ago stays out."""
    row = judged.row
    proof = Proof(page=f"{import_.file_name[:200]}, {_('line')} {row.line}", words=row.words)
    try:
        consent.grant(
            address,
            topic,
            source=Source.IMPORT,
            method=Method(row.method),
            notice=row.notice,
            proof=proof,
            occurred_at=row.said_at,
            basis=Basis(row.basis),
            basis_on=row.basis_on,
            interaction_id=uuid5(NAMESPACE_URL, f"import:{import_.pk}"),
            by=import_.by,
        )
    except NotAllowed as error:
        judged.outcome, judged.notes = RowOutcome.SUPPRESSED, [str(error)]


def _count(import_: Import, judged: EvaluatedRow) -> None:
    import_.counts[judged.outcome] += 1
    if judged.outcome in GRANTED and judged.row.basis != Basis.EXPRESS:
        name = basis_count_key(judged.row.basis)
        import_.counts[name] = import_.counts.get(name, 0) + 1
    for note in judged.notes:
        if len(import_.problems) < MAX_PROBLEMS:
            import_.problems.append({"line": judged.row.line, "sentence": note})
        else:
            import_.counts[LEFT_OUT] += 1


def basis_count_key(basis: str) -> str:
    """Under which name the consents with this basis are counted."""
    return f"resting_on_{basis}"


def _empty_counts() -> dict[str, int]:
    return {**{outcome.value: 0 for outcome in RowOutcome}, LEFT_OUT: 0, LINES: 0}


def _chunks(rows: Iterator[row_parser.ImportRow], size: int) -> Iterator[list[row_parser.ImportRow]]:
    while chunk := list(islice(rows, size)):
        yield chunk


@transaction.atomic
def _finish(import_: Import) -> Import:
    """All lines are in: the ledger holds the proof now, and the file, full of people, is not kept."""
    fresh = Import.objects.select_for_update().get(pk=import_.pk)
    if fresh.status == ImportStatus.APPLYING and fresh.line == import_.line:
        fresh.status, fresh.applied_at = ImportStatus.APPLIED, timezone.now()
        _delete_file(fresh)
        fresh.save()
    return fresh


def _delete_file(import_: Import) -> None:
    if name := import_.file.name:
        transaction.on_commit(partial(import_.file.storage.delete, name))
        import_.file = ""


@transaction.atomic
def _refuse_import(import_: Import, error: Exception) -> Import:
    """Something is wrong with the file itself: say so; what was applied before stays applied."""
    logger.warning("Import %s was stopped: %s", import_.pk, error)
    fresh = Import.objects.select_for_update().get(pk=import_.pk)
    if fresh.status == ImportStatus.APPLYING:
        sentence = str(error) if isinstance(error, SaysoError) else _("The file is gone. Import it again.")
        fresh.status, fresh.problems = ImportStatus.REFUSED, [{"line": 0, "sentence": sentence}, *fresh.problems]
        _delete_file(fresh)
        fresh.save()
    return fresh


def stalled_import_ids() -> list[int]:
    """Ids of the imports that nobody has moved on for a while: their worker is lost."""
    since = timezone.now() - STALLED_AFTER
    return list(Import.objects.filter(status=ImportStatus.APPLYING, advanced_at__lt=since).values_list("pk", flat=True))
