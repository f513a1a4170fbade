"""For translators: collect every message from the source, and make what the pages read from what was translated."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.commands import makemessages

OURS = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
NOT_OURS = [".*", "var", "tests", "docs"]
OPTIONS = {"keep_pot": True, "add_location": "file", "ignore_patterns": NOT_OURS}


class Command(makemessages.Command):
    help = "Brings locale/ up to date with the source (needs gettext). Run it before and after translating."
    # A guess from a similar sentence is how a "no" becomes a "yes": what is new stays empty until somebody writes it.
    msgmerge_options = [*makemessages.Command.msgmerge_options, "--no-fuzzy-matching", "--no-wrap"]
    msgattrib_options = [*makemessages.Command.msgattrib_options, "--no-wrap"]
    xgettext_options = [*makemessages.Command.xgettext_options, "--no-wrap", "--package-name=Sayso"]

    def handle(self, *args: Any, **options: Any) -> None:
        super().handle(*args, **options | OPTIONS | {"locale": OURS})
        call_command("compilemessages", locale=OURS, ignore_patterns=NOT_OURS, verbosity=options["verbosity"])
