"""Files of contacts as somebody would hand them to us, for tests."""

import csv
import io

from preferences.imports import service as imports

HEADER = "address,name,language,country,topic,channel,consent_method,consent_time,consent_source,evidence"


def line(address, about, delimiter=",", **said):
    cells = {
        "name": "Zoë Ångström",
        "language": "en",
        "country": "GB",
        "topic": f"{about.sender.slug}/{about.slug}",
        "channel": "email",
        "method": "checkbox",
        "time": "2025-03-01T10:00+01:00",
        "source": "Spring fair, reception desk",
        "evidence": "Form 12: Yes, send me tips",
    } | said
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator="").writerow([address, *cells.values()])
    return written.getvalue()


def file(*lines, header=HEADER, encoding="utf-8"):
    return io.BytesIO("\n".join([header, *lines, ""]).encode(encoding))


def apply(content, by=None):
    return imports.apply(imports.start(imports.dry_run(content, name="people.csv", by=by), by=by))


def only(import_, *outcomes):
    """The counts of these outcomes; every row must be among them."""
    counts = {name: count for name, count in import_.counts.items() if count and name != "lines"}
    assert set(counts) <= set(outcomes)
    return counts


def sentences(import_):
    return " ".join(problem["sentence"] for problem in import_.problems)
