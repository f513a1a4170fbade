"""The program that comes with the docs: a stranger runs it, with nothing but Python, on what they were shown."""

import json
import subprocess
import sys

import pytest
from django.conf import settings as conf

from preferences.consent import service as consent
from preferences.models import Source
from preferences.proof import receipt_signing, receipts

GENUINE, NOT_GENUINE, UNREADABLE = 0, 1, 2


@pytest.fixture
def document(subscriber, topic):
    consent.withdraw(subscriber, topic, source=Source.UNSUBSCRIBE_PAGE)
    return receipts.issue(subscriber, subscriber.events.latest("pk").interaction_id).document


@pytest.fixture
def run(tmp_path):
    """Run the program alone, far from the project, on what stands in two files."""

    def run(receipt, key=None):
        published = json.dumps(receipt_signing.published_keys()) if key is None else key
        (tmp_path / "receipt.json").write_bytes(receipt if isinstance(receipt, bytes) else receipt.encode())
        (tmp_path / "key.json").write_text(published)
        program = [sys.executable, "-I", "-S", conf.ROOT / "docs" / "verify_receipt.py", "receipt.json", "key.json"]
        return subprocess.run(program, cwd=tmp_path, capture_output=True, text=True, timeout=60)

    return run


def test_it_says_in_words_what_a_genuine_receipt_proves(run, document):
    done = run(document)

    assert done.returncode == GENUINE
    assert "GENUINE" in done.stdout.split(".")[0]
    assert "withdrawn" in done.stdout
    assert "does not tell whether it was changed later" in done.stdout
    assert done.stderr == ""


def test_it_takes_the_file_laid_out_anew(run, document):
    assert run(json.dumps(json.loads(document), indent=4)).returncode == GENUINE


def test_one_word_changed_is_not_genuine(run, document):
    done = run(document.replace('"withdrawn"', '"granted"'))

    assert done.returncode == NOT_GENUINE
    assert done.stdout.startswith("NOT GENUINE. It was changed")


def test_another_key_is_named_as_the_reason(run, document, settings):
    settings.LEDGER_KEY = "another-ledger-key-0123456789abcdef"

    done = run(document)

    assert done.returncode == NOT_GENUINE
    assert "another key" in done.stdout


def test_a_key_file_cannot_pass_one_key_off_as_another(run, document, settings):
    ours = receipt_signing.published_keys()["keys"][0]["kid"]
    settings.LEDGER_KEY = "another-ledger-key-0123456789abcdef"
    forged = {"keys": [receipt_signing.published_keys()["keys"][0] | {"kid": ours}]}

    assert run(document, json.dumps(forged)).returncode == NOT_GENUINE


UNREADABLE_FILES = {
    "empty": lambda document: b"",
    "truncated": lambda document: document[:-30],
    "not UTF-8": lambda document: b"\xff\xfe" + document.encode(),
    "nulls": lambda document: b"\x00" * 100,
    "a name twice": lambda document: document.replace('"channel":', '"channel":"sms","channel":'),
    "a fraction": lambda document: document.replace('"about_everything":false', '"about_everything":0.5'),
    "nested deeply": lambda document: "[" * 100_000,
}


@pytest.mark.parametrize("spoil", UNREADABLE_FILES.values(), ids=UNREADABLE_FILES)
def test_what_cannot_be_read_is_said_so_and_never_a_traceback(run, document, spoil):
    done = run(spoil(document))

    assert done.returncode == UNREADABLE
    assert done.stdout.startswith("CANNOT BE READ. ")
    assert done.stderr == ""


@pytest.mark.parametrize("key", ["", "[]", "{}", '{"keys": []}', '{"keys": [{"kty": "OKP"}]}', '{"keys": [1]}'])
def test_a_wrong_key_file_is_said_so(run, document, key):
    done = run(document, key)

    assert done.returncode == UNREADABLE
    assert done.stderr == ""


def test_without_files_it_says_how_to_use_it():
    done = subprocess.run(
        [sys.executable, "-I", conf.ROOT / "docs" / "verify_receipt.py"], capture_output=True, text=True, timeout=60
    )

    assert done.returncode == UNREADABLE
    assert "python3 verify_receipt.py receipt.json key.json" in done.stdout


def test_a_receipt_cannot_play_tricks_on_the_terminal(run):
    evil = receipt_signing.sign_receipt({"receipt_id": "\x1b]0;owned\x07\u202e", "events": []})

    done = run(json.dumps(evil))

    assert done.returncode == GENUINE
    assert "\x1b" not in done.stdout
    assert "\u202e" not in done.stdout
