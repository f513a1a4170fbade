"""What a campaign must and must not contain. Errors keep it from being submitted, warnings are advice.

It is held against the rules of everybody in its audience together. What a second person allowed for these very words
(lint_overrides.py) is still named, and no longer in the way.
"""

from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import ngettext

from campaigns.content import content_checks, content_requirements, lint_requirements, lint_setup, lint_wording
from campaigns.content.problems import About, Problem, problem
from campaigns.models import Campaign
from preferences.errors import SaysoError
from preferences.rulebook.content_codes import ContentCode, Level
from preferences.text import normalize


def find_problems(campaign: Campaign) -> list[Problem]:
    """Everything that speaks against sending this text, gravest first."""
    granted = content_checks.allowed_problems(campaign)
    found = [replace(one, is_allowed=_key(one) in granted and one.may_be_allowed) for one in _found(campaign)]
    return sorted(found, key=lambda one: (one.level != Level.ERROR, one.is_allowed))


def unresolved_errors(campaign: Campaign) -> list[Problem]:
    """What must be dealt with before anybody reviews it."""
    return [one for one in find_problems(campaign) if one.is_error]


def error_sentences(campaign: Campaign) -> list[str]:
    """The same, as sentences."""
    return [one.whole for one in unresolved_errors(campaign)]


def summarize_errors(errors: list[str]) -> str:
    """The first of them, and how many more there are."""
    if len(errors) == 1:
        return errors[0]
    more = len(errors) - 1
    sentence = ngettext(
        "%(first)s One more problem must be fixed.", "%(first)s %(more)s more problems must be fixed.", more
    )
    return sentence % {"first": errors[0], "more": more}


def _found(campaign: Campaign) -> Iterator[Problem]:
    yield from lint_setup.find_setup_problems(campaign)
    try:
        message = content_checks.render_sample(campaign)
    except SaysoError as trouble:
        yield problem(ContentCode.UNREADABLE, trouble=trouble)
        return
    if not normalize.fold_text(message.own).strip():
        yield problem(ContentCode.NO_TEXT)
        return
    asked = content_requirements.requirements_for(campaign)
    yield from lint_requirements.find_requirement_problems(campaign, asked)
    yield from lint_wording.find_wording_problems(message)
    yield from lint_setup.size_problems(message, asked)


def _key(found: Problem) -> tuple[ContentCode, About]:
    return found.code, found.about
