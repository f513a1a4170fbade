"""The import command: a dry run unless told otherwise, and a sentence for everything that can be wrong."""

import io
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from config.demo import sample
from preferences.models import Address, ConsentEvent, Import
from preferences.proof import ledger_verification
from tests.preferences.imports.contact_files import file, line

SAMPLE = Path(settings.ROOT) / "config" / "demo" / "sample_contacts.csv"


@pytest.fixture
def people(tmp_path, topic):
    path = tmp_path / "people.csv"
    path.write_bytes(file(line("ana@example.org", topic), "nonsense").getvalue())
    return path


def run(*arguments):
    printed = io.StringIO()
    call_command("import_contacts", *map(str, arguments), stdout=printed)
    return printed.getvalue()


def test_a_dry_run_prints_the_report_and_changes_nothing(people):
    printed = run(people)

    assert "1  New contact, with consent" in printed
    assert "line 3: This line has 1 fields, and the header 10." in printed
    assert "Run it again with --apply" in printed
    assert not Address.objects.exists()


def test_applying_is_done_in_the_name_of_a_colleague(people, author):
    assert run(people, "--apply", "--by", "author").endswith("Applied.\n")
    assert ConsentEvent.objects.get().by == author


def test_applying_twice_adds_nothing_and_says_so(people):
    run(people, "--apply")

    assert "applied before" in run(people, "--apply")
    assert ConsentEvent.objects.count() == 1


def test_a_missing_file_a_stranger_and_a_wrong_file_each_have_their_sentence(people, tmp_path):
    wrong = tmp_path / "wrong.csv"
    wrong.write_text("a,b\n")

    with pytest.raises(CommandError, match="cannot be read: No such file"):
        run(tmp_path / "missing.csv")
    with pytest.raises(CommandError, match="no active colleague called nobody"):
        run(people, "--by", "nobody")
    with pytest.raises(CommandError, match="columns are missing: address"):
        run(wrong)


def test_the_sample_file_is_taken_in_whole_and_twice_is_once(db):
    sample.add_sample_data()

    run(SAMPLE, "--apply", "--by", "admin")

    import_ = Import.objects.get()
    counts = {name: import_.counts[name] for name in ("suppressed", "refused", "no_proof", "repeated")}
    assert min(counts.values()) > 0
    assert sum(import_.counts.values()) - import_.counts["lines"] - import_.counts["problems_left_out"] > 1_200
    assert list(ledger_verification.verify()) == []
