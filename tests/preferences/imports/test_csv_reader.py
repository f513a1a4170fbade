"""What makes a file of contacts readable, and what has it refused whole."""

import io

import pytest

from preferences.errors import NotAllowed, Unreadable
from preferences.imports import service as imports
from preferences.models import Import
from tests.preferences.imports.contact_files import HEADER, apply, file, line, only, sentences

Status = Import.Status


def test_broken_lines_do_not_take_their_neighbours_with_them(topic):
    broken = [
        line("bo@example.org", topic) + ",more",
        "just one field",
        '"quoted"badly,' + line("cy@example.org", topic),
    ]

    import_ = apply(file(line("ana@example.org", topic), *broken, "", line("dee@example.org", topic)))

    assert only(import_, "new", "refused") == {"new": 2, "refused": 3}
    assert [problem["line"] for problem in import_.problems] == [3, 4, 5]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_are_recognised_by_the_header(topic, delimiter):
    content = file(line("ana@example.org", topic, delimiter), header=HEADER.replace(",", delimiter))

    assert apply(content).counts["new"] == 1


def test_the_header_may_be_written_like_a_person_writes(topic):
    header = " Address ,NAME,Language,country,Topic,Channel,Consent Method,consent-time,Consent source,EVIDENCE"

    assert apply(file(line("ana@example.org", topic), header=header, encoding="utf-8-sig")).counts["new"] == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"address,name\n", "columns are missing: topic, channel, consent_method"),
        (HEADER.encode() + b",shoe size\n", "not known: shoe_size"),
        (HEADER.encode() + b",name\n", "appear twice: name"),
        (b"," * 200 + b"\n", "names 201 columns"),
        (HEADER.encode() + b"\n\xe9,a\n", "Line 2 is not UTF-8"),
        (HEADER.encode("utf-16"), "Line 1 is not UTF-8"),
        (HEADER.encode() + b"\na\0b,c\n", "Line 2 contains NUL"),
        (HEADER.encode() + b'\na,b\n"open,c\nd,e\n', "opened in line 3 and never closed"),
        (HEADER.encode() + b'\n"open' + b"\nx" * 5000, "opened in line 2 and never closed"),
        (HEADER.encode() + b"\n" + b"x" * 5_000_000, "Line 2 is longer than 64 KB"),
        (b"PK\x03\x04" + b"x" * 100, "a spreadsheet, an archive"),
        (b"\x1f\x8b\x08\x00", "a spreadsheet, an archive"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_whole(db, content, sentence):
    import_ = imports.dry_run(io.BytesIO(content), name="people.csv")

    assert import_.status == Status.REFUSED
    assert sentence in sentences(import_)
    assert not import_.file
    with pytest.raises(NotAllowed, match="refused"):
        imports.start(import_)


def test_a_file_beyond_the_limit_is_refused_unread(db, settings):
    settings.IMPORT_MAX_BYTES = 1_000_000

    with pytest.raises(Unreadable, match="larger than 1 MB"):
        imports.dry_run(io.BytesIO(b"x" * 1_000_001), name="people.csv")
