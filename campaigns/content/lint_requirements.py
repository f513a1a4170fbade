"""Lint of what the rules of the audience demand, and for whom."""

from collections.abc import Iterator

from campaigns.content import content_checks, content_requirements
from campaigns.content.content_requirements import ContentRequirements
from campaigns.content.problems import Problem, problem
from campaigns.models import Campaign
from preferences.rulebook.content_codes import ContentCode, Level


def find_requirement_problems(campaign: Campaign, asked: ContentRequirements) -> Iterator[Problem]:
    """What somebody's rules demand and the message lacks; and what it had better not tell about anybody's health."""
    found = content_checks.content_findings(campaign)
    for code, about in found.lacks.items():
        if code in asked.content and _applies(code, campaign):
            yield _problem(code, campaign, about, asked)
        elif code == ContentCode.NO_HEALTH_WORDS:
            level = Level.ERROR if campaign.topic.reveals_health else Level.WARNING
            yield _problem(code, campaign, about, asked, level=level)
    for label in sorted(set(asked.labels) - found.labels):
        yield problem(ContentCode.LABEL, about=(label,), because=asked.labels[label], label=label)


def _applies(code: ContentCode, campaign: Campaign) -> bool:
    """Advertising is called so for those who did not ask for it beforehand: 15 USC 7704(a)(5)(B)."""
    return code != ContentCode.AD_DISCLOSURE or content_requirements.reaches_implied_consent(campaign)


def _problem(
    code: ContentCode,
    campaign: Campaign,
    about: tuple[str, ...],
    asked: ContentRequirements,
    *,
    level: Level | None = None,
) -> Problem:
    reasons = asked.content.get(code, ())
    return problem(code, about=about, because=reasons, level=level, sender=campaign.topic.sender.name)
