"""What the rules of everybody in an audience demand of its words, and for whom. Reads only.

People are looked at by place: the distinct countries, regions, postal areas and number prefixes, counted in SQL.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django.core.cache import cache
from django.db.models import Count, F, Max, Min, QuerySet, Value
from django.db.models.functions import Left
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaigns.models import Campaign
from preferences.geo import jurisdictions as geo_jurisdictions
from preferences.models import Address, Basis, Channel, Rule, Subscription
from preferences.rulebook import book as rulebook
from preferences.rulebook.effective_terms import EffectiveTerms

ACTIVE = Subscription.Status.ACTIVE
REMEMBERED = 300  # seconds
POSTAL_AREA, NUMBER_AREA = 3, 5  # so many characters decide the place: 041.., +1207


@dataclass(frozen=True)
class Affected:
    """For whom a rule asks for something. Nobody yet: it is asked for where the sender is."""

    people: int
    place: str
    reference: str

    def __str__(self) -> str:
        words = {"people": f"{self.people:,}", "place": self.place, "reference": self.reference}
        if not self.people:
            return _("Because these rules apply to the sender: %(place)s, %(reference)s.") % words
        sentence = ngettext(
            "Because these rules apply to %(people)s recipient: %(place)s, %(reference)s.",
            "Because these rules apply to %(people)s recipients: %(place)s, %(reference)s.",
            self.people,
        )
        return sentence % words


Reasons = tuple[Affected, ...]


@dataclass(frozen=True)
class ContentRequirements:
    """Each code of content, each label and each limit that anybody's rules ask for, with the reasons."""

    content: dict[str, Reasons] = field(default_factory=dict)
    labels: dict[str, Reasons] = field(default_factory=dict)
    segments: dict[int, Reasons] = field(default_factory=dict)
    characters: dict[int, Reasons] = field(default_factory=dict)


def requirements_for(campaign: Campaign) -> ContentRequirements:
    """Everything that any of the rules in this audience demands today."""
    asked = _by_rule(campaign)
    return ContentRequirements(
        content=_reasons(asked, "content", lambda terms: terms.content),
        labels=_reasons(asked, "labels", lambda terms: terms.labels),
        segments=_smallest(_reasons(asked, "segments", lambda terms: _by_people(terms.segments))),
        characters=_smallest(_reasons(asked, "characters", lambda terms: _by_people(terms.characters))),
    )


def audience_languages(campaign: Campaign) -> dict[str, int]:
    """How many people of the audience read which language."""
    return _cached_count(campaign, "languages", _languages)


def _languages(campaign: Campaign) -> dict[str, int]:
    crowd = _audience(campaign).values("contact__language").annotate(people=Count("pk"))
    return dict(crowd.values_list("contact__language", "people"))


def _cached_count(campaign: Campaign, what: str, count: Callable[[Campaign], dict]) -> dict:
    """Counting a million people takes seconds: it is done anew when somebody joined, else every few minutes."""
    newest = Subscription.objects.aggregate(newest=Max("pk"))["newest"]
    key = ["audience", what, campaign.topic_id, campaign.channel, campaign.topic.sender.country, newest]
    return cache.get_or_set(":".join(map(str, key)), lambda: count(campaign), REMEMBERED) or {}


def reaches_implied_consent(campaign: Campaign) -> bool:
    """Does anybody get it who never expressly asked: on a purchase, a question, a membership?"""
    rows = Subscription.objects.filter(topic=campaign.topic, address__channel=campaign.channel, status=ACTIVE)
    return rows.filter(granted__isnull=False).exclude(granted__basis__in=["", Basis.EXPRESS]).exists()


def _audience(campaign: Campaign) -> QuerySet[Address]:
    said = Subscription.objects.filter(topic=campaign.topic, status=ACTIVE).values("address")
    return Address.objects.live().filter(channel=campaign.channel, pk__in=said).order_by()


@dataclass
class ApplicableRule:
    """A rule that is in force for somebody in the audience, and for how many."""

    rule: Rule
    terms: EffectiveTerms
    people: int = 0


def _by_rule(campaign: Campaign) -> list[ApplicableRule]:
    book, today = rulebook.current_rulebook(), timezone.now().date()
    found: dict[str, ApplicableRule] = {}
    for jurisdictions, people in _cached_count(campaign, "places", _by_place).items():
        for rule in book.in_force(jurisdictions, campaign.channel, campaign.topic.purpose, today):
            asking = found.setdefault(rule.name, ApplicableRule(rule, book.said(rule)))
            asking.people += people
    return sorted(found.values(), key=lambda asking: -asking.people)


def _by_place(campaign: Campaign) -> dict[frozenset[str], int]:
    """How many people may be where. An empty audience is where its sender is."""
    found: dict[frozenset[str], int] = defaultdict(int)
    for country, region, _area, _number, postal_code, value, people in _groups(campaign):
        found[_jurisdictions(campaign, country, region, postal_code, value)] += people
    found.pop(frozenset(), None)  # nobody knows where they are: nothing is sent to them
    return dict(found) or {_jurisdictions(campaign, "", "", "", ""): 0}


def _groups(campaign: Campaign) -> Iterator[tuple]:
    in_mail = campaign.channel == Channel.EMAIL
    columns = {
        "country": F("contact__country"),
        "region": F("contact__region"),
        "area": Left("contact__postal_code", POSTAL_AREA),
        "number": Value("") if in_mail else Left("normal_form", NUMBER_AREA),
    }
    crowd = _audience(campaign).values(**columns).annotate(postal=Min("contact__postal_code"))
    crowd = crowd.annotate(value=Min("normal_form"), people=Count("pk"))
    yield from crowd.values_list(*columns, "postal", "value", "people")


def _jurisdictions(campaign: Campaign, country: str, region: str, postal_code: str, value: str) -> frozenset[str]:
    place = geo_jurisdictions.locate(
        channel=campaign.channel if value else Channel.EMAIL,
        value=value or "",
        country=country,
        region=region,
        postal_code=postal_code,
        time_zone="",
        sender_country=campaign.topic.sender.country,
    )
    return place.jurisdictions


def _reasons(asked: list[ApplicableRule], figure: str, values: Callable[[EffectiveTerms], Iterable]) -> dict:
    """What is asked for → by which rules, for how many; most people first."""
    found: dict[object, Reasons] = {}
    for asking in asked:
        for value in values(asking.terms):
            reference = asking.rule.figures[figure]["reference"]
            because = Affected(asking.people, asking.rule.jurisdiction_name, reference)
            found[value] = (*found.get(value, ()), because)
    return found


def _by_people(pairs: tuple | None) -> list[int]:
    return [dict(pairs)["most"]] if pairs else []


def _smallest(found: dict[int, Reasons]) -> dict[int, Reasons]:
    """Only the smallest number counts."""
    return {least: found[least] for least in sorted(found)[:1]}
