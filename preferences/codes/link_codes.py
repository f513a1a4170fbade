"""What makes the opening of a link, or an opt-out by link, look automated."""

from django.utils.translation import gettext_lazy as _

from preferences.codes.stored_codes import StoredCode


class BotSign(StoredCode):
    """A sign of an automated program. The name of a known product is kept beside these codes, as it is."""

    NO_BROWSER = "no_browser", _("It does not name a browser")
    NO_LANGUAGE = "no_language", _("It does not name a language")
    HEADERS_ONLY = "headers_only", _("It asked for headers only")
    HEADLESS_BROWSER = "headless_browser", _("A browser without a window")
    PROGRAM = "program", _("A program")
    ROBOT = "robot", _("A robot")
    SCANNER = "scanner", _("A scanner")
    OPENED_BY_PROGRAM = "opened_by_program", _("An automated program had opened the link just before")
    TOO_QUICK = "too_quick", _("Unsubscribed within two seconds of opening the link")
    BURST_OF_OPENS = (
        "burst_of_opens",
        _("People of one mail domain who opened links within a minute: %(count)s"),
        "count",
    )
    BURST_OF_OPT_OUTS = (
        "burst_of_opt_outs",
        _("People of one mail domain who unsubscribed within a minute: %(count)s"),
        "count",
    )
