"""What a campaign must and must not contain. Errors keep it from being submitted, warnings are advice.

It is held against the rules of everybody in its audience together. What a second person allowed for these very words
(overrides.py) is still named, and no longer in the way.
"""

from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.content import content_checks, content_requirements, lint_requirements, lint_setup, lint_wording
from campaigns.content.problems import Level, Problem, error
from campaigns.models import Campaign
from preferences.errors import SaysoError
from preferences.text import normalize

__all__ = ["Level", "Problem", "errors", "open_errors", "problems", "summary"]


def problems(campaign: Campaign) -> list[Problem]:
    """Everything that speaks against sending this text, gravest first."""
    granted = content_checks.allowed(campaign)
    found = [replace(one, is_allowed=_key(one) in granted and one.may_be_allowed) for one in _found(campaign)]
    return sorted(found, key=lambda problem: (problem.level != Level.ERROR, problem.is_allowed))


def open_errors(campaign: Campaign) -> list[Problem]:
    """What must be dealt with before anybody reviews it."""
    return [problem for problem in problems(campaign) if problem.is_error]


def errors(campaign: Campaign) -> list[str]:
    """The same, as sentences."""
    return [problem.whole for problem in open_errors(campaign)]


def summary(errors: list[str]) -> str:
    """The first of them, and how many more there are."""
    if len(errors) == 1:
        return errors[0]
    more = len(errors) - 1
    sentence = ngettext(
        "%(first)s One more problem must be fixed.", "%(first)s %(more)s more problems must be fixed.", more
    )
    return sentence % {"first": errors[0], "more": more}


def _found(campaign: Campaign) -> Iterator[Problem]:
    yield from lint_setup.problems(campaign)
    try:
        message = content_checks.rendered(campaign)
    except SaysoError as trouble:
        yield error("unreadable", str(trouble))
        return
    if not normalize.folded(message.own).strip():
        yield error("no_text", _("Write the text."))
        return
    asked = content_requirements.of(campaign)
    yield from lint_requirements.problems(campaign, asked)
    yield from lint_wording.problems(message)
    yield from lint_setup.sizes(message, asked)


def _key(problem: Problem) -> tuple[str, tuple[str, ...]]:
    return problem.name, problem.about
