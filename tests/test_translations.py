"""Every sentence is there in every language, whole, and says the same things in the same places."""

import gettext
import re
import shutil
from functools import cache

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management import call_command

LOCALE = settings.ROOT / "locale"
PLACEHOLDER = re.compile(r"%\((\w+)\)[sdf]|%[sd%]|\{(\w*)\}")
MARKUP = re.compile(r"</?\w+[^>]*>|&\w+;")
# What people read who did not come to work.
FOR_EVERYBODY = (
    "templates/preferences/",
    "templates/compliance/",
    "templates/_account.html",
    "templates/base.html",
    "templates/4",
    "templates/500.html",
    "preferences/forms/",
    "preferences/views/",
    "preferences/channels/",
    "preferences/presentation/message_templates.py",
    "preferences/collection/notices.py",
    "preferences/consent/ineligibility_labels.py",
    "preferences/presentation/consent_history_text.py",
    "preferences/geo/local_time.py",
    "preferences/presentation/agreement_text.py",
    "compliance/publications/privacy_notice.py",
    "compliance/publications/views.py",
    "compliance/requests/views.py",
    "compliance/requests/forms.py",
)


def catalogue(code):
    with (LOCALE / code / "LC_MESSAGES" / "django.po").open("rb") as file:
        return read_po(file, locale=code)


def all_of(code):
    return [message for message in catalogue(code) if message.id]


def for_everybody(code):
    return [message for message in all_of(code) if any(is_public(path) for path, _line in message.locations)]


def is_public(path):
    return path.startswith(FOR_EVERYBODY) and not path.startswith("templates/compliance/letters/review")


def whole(code):
    """What has to be translated into this language."""
    return for_everybody(code) if code == "ar" else all_of(code)


def texts(message):
    """Pairs of what is said in English and what is said for it."""
    said = message.string if isinstance(message.string, tuple) else (message.string,)
    asked = message.id if isinstance(message.id, tuple) else (message.id,)
    return [(asked[-1], translated) for translated in said if translated]


def placeholders(text):
    return sorted(match[0] for match in PLACEHOLDER.finditer(text))


def differing(code, of):
    return [
        (source, translated)
        for message in all_of(code)
        for source, translated in texts(message)
        if of(source) != of(translated)
    ]


CODES = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
each_language = pytest.mark.parametrize("code", CODES)


@each_language
def test_every_message_is_translated(code):
    missing = [message.id for message in whole(code) if not message.string or not all(as_tuple(message.string))]

    assert missing == []


def as_tuple(string):
    return string if isinstance(string, tuple) else (string,)


@each_language
def test_nothing_is_guessed(code):
    assert [message.id for message in all_of(code) if message.fuzzy] == []


@each_language
def test_names_to_fill_in_are_the_same(code):
    singular = [
        (message.id, translated)
        for message in all_of(code)
        if not isinstance(message.id, tuple)
        for source, translated in texts(message)
        if placeholders(source) != placeholders(translated)
    ]

    assert singular == []


@each_language
def test_plurals_fill_in_nothing_else(code):
    strange = [
        (message.id, translated)
        for message in all_of(code)
        if isinstance(message.id, tuple)
        for source, translated in texts(message)
        if not set(placeholders(translated)) <= set(placeholders(source))
    ]

    assert strange == []


@each_language
def test_markup_is_the_same(code):
    assert differing(code, lambda text: sorted(MARKUP.findall(text))) == []


@each_language
def test_lines_break_where_they_did(code):
    assert differing(code, lambda text: (text.startswith("\n"), text.endswith("\n"), text.count("\n"))) == []


@each_language
def test_what_the_pages_read_is_what_was_written(code):
    with (LOCALE / code / "LC_MESSAGES" / "django.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)

    stale = [message.id for message in all_of(code) if read(compiled, message) != written(message)]
    assert stale == []


def read(compiled, message):
    key = f"{message.context}\4{source(message)}" if message.context else source(message)
    return compiled._catalog.get(key, compiled._catalog.get((key, 0), ""))


def written(message):
    first = as_tuple(message.string)[0]
    return first if not message.fuzzy else ""


def source(message):
    return message.id[0] if isinstance(message.id, tuple) else message.id


@pytest.mark.skipif(not shutil.which("xgettext"), reason="gettext is not installed: apt-get install gettext.")
def test_no_sentence_of_the_source_is_unknown(tmp_path, monkeypatch):
    fresh = extracted(tmp_path, monkeypatch)

    unknown = [(code, text) for code in CODES for context, text in fresh if (context, text) not in known(code)]
    assert sorted(unknown) == []


@cache
def known(code):
    return {(message.context, source(message)) for message in all_of(code)}


def extracted(folder, monkeypatch):
    """Every message of the source as it stands, collected into another place."""
    for name in ("preferences", "campaigns", "compliance", "config", "templates"):
        (folder / name).symlink_to(settings.ROOT / name)
    (folder / "locale").mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setattr(settings, "LOCALE_PATHS", [str(folder / "locale")])
    call_command("makemessages", locale=["en"], symlinks=True, verbosity=0)
    with (folder / "locale" / "en" / "LC_MESSAGES" / "django.po").open("rb") as file:
        return {(message.context, source(message)) for message in read_po(file, locale="en") if message.id}
