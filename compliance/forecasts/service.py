"""Who would drop out, and when, if a rule, a setting or only time took effect.

Asked of the people as they are today: day after day with the change and without it, so that its own effect is seen.
Many people are counted in the background; how far it came is kept in the row.

Writes: Forecast.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice

from django.conf import settings
from django.contrib.auth.models import User
from django.db import OperationalError
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from campaigns.decision.facts import Question
from compliance.forecasts import simulation
from compliance.forecasts.simulation import Scenario, SimulatedPerson, Simulation
from compliance.models import Forecast
from preferences.errors import NotAllowed
from preferences.models import Channel, RuleProposal, Subscription, Topic
from preferences.models.rules import ANY, RIGHTS
from preferences.rulebook import book as rulebook
from preferences.rulebook import service as rules

ForecastKind, ForecastStatus = Forecast.Kind, Forecast.Status
DAYS_COST = 5  # so much longer does it take to evaluate somebody for each week of a year
MAX_DAYS_AHEAD = timedelta(days=366)
STEP = 10  # chunks between two notes of how far it came
STALLED_AFTER = timedelta(minutes=2)
NOWHERE = "-"
FORECAST_SETTINGS = ("minimum_age", "reveals_health", "uses_health_records", "by_email", "by_sms")
BEFORE, AFTER, EFFECT = "before", "after", "effect"


@dataclass(frozen=True)
class ForecastQuery:
    """Which number of a forecast somebody asks about: who is out on that day, in which world."""

    point: int
    world: str = ""
    reason: str = ""
    place: str = ""

    def __call__(self, person: SimulatedPerson) -> bool:
        before, after = person.days.before[self.point], person.days.after[self.point]
        reason = {BEFORE: before, AFTER: after}.get(self.world, "" if before else after)
        return (
            bool(reason)
            and self.reason in ("", reason)
            and (not self.place or self.place in counted_places(person.place.jurisdictions))
        )


def forecast_proposal(proposal: RuleProposal, *, on: date | None = None, until: date, by: User) -> Forecast:
    """What this change of the rulebook would do from that day on."""
    if proposal.status != RuleProposal.Status.OPEN:
        raise NotAllowed(_("This proposal has already been decided. Forecasts can be created only for open proposals."))
    if proposal.purpose == RIGHTS:
        raise NotAllowed(_("This rule is about data subject requests. It does not affect who can be reached."))
    on = on or max(proposal.effective_from, timezone.localdate())
    if proposal.effective_to and on > proposal.effective_to:
        raise NotAllowed(_("The rule would already have ended on that date. Choose an earlier date."))
    return _create_forecast(
        Forecast(kind=ForecastKind.RULE, proposal=proposal, effective_on=on, until=until, requested_by=by)
    )


def forecast_expiry(*, topic: Topic | None = None, until: date, by: User) -> Forecast:
    """Who drops out by time alone: consents that run out or grow old, rules that are published already."""
    today = timezone.localdate()
    return _create_forecast(
        Forecast(kind=ForecastKind.EXPIRY, topic=topic, effective_on=today, until=until, requested_by=by)
    )


def forecast_setting(topic: Topic, changes: dict[str, object], *, on: date, until: date, by: User) -> Forecast:
    """What another setting of the topic would do from that day on."""
    differing = {
        name: value for name, value in changes.items() if name in FORECAST_SETTINGS and value != getattr(topic, name)
    }
    if not differing:
        raise NotAllowed(_("The topic already has these settings. Change something first."))
    row = Forecast(kind=ForecastKind.TOPIC, topic=topic, effective_on=on, until=until, requested_by=by)
    row.question = {"settings": differing}
    return _create_forecast(row)


def _create_forecast(row: Forecast) -> Forecast:
    today = timezone.localdate()
    if row.effective_on < today:
        raise NotAllowed(_("The effective date is in the past. Choose today or a later date."))
    if row.until <= today or row.until < row.effective_on:
        raise NotAllowed(_("Choose a forecast date in the future that is not before the effective date."))
    if row.until > today + MAX_DAYS_AHEAD:
        raise NotAllowed(_("Choose a forecast date no more than one year ahead."))
    days = simulation.weekly_days(today, row.until, row.effective_on)
    row.result = _start(days, _scope(row))
    row.detail = "0"
    row.save()
    return run_count(row) if subscription_count(row) <= settings.IMMEDIATE_COUNT_LIMIT // DAYS_COST else row


def subscription_count(row: Forecast) -> int:
    """How many subscriptions have to be looked at."""
    topics = {topic for topic, _channel in row.result["scope"]}
    return Subscription.objects.filter(topic__in=topics).count()


def _scope(row: Forecast) -> list[list]:
    """The topics and channels that can be concerned, one after the other."""
    topics = Topic.objects.filter(retired_at=None).order_by("pk")
    channels = list(Channel.values)
    if row.kind == ForecastKind.RULE and row.proposal:
        topics = topics.filter(purpose=row.proposal.purpose)
        channels = channels if row.proposal.channel == ANY else [row.proposal.channel]
    elif row.topic_id:
        topics = topics.filter(pk=row.topic_id)
    return [[topic.pk, channel] for topic in topics for channel in channels if topic.offers(channel)]


def _start(days: tuple[date, ...], scope: list[list]) -> dict:
    empty: dict = {
        "days": [day.isoformat() for day in days],
        "scope": scope,
        "at": [0, 0],
        "people": 0,
        "fewer_hours": [0] * len(days),
        "in_both": [0] * len(days),
        "fewer_messages": [0] * len(days),
        "minutes": {BEFORE: [0] * len(days), AFTER: [0] * len(days)},
        "left": {BEFORE: [0] * len(days), AFTER: [0] * len(days)},
        "groups": {"topic": {}, "channel": {}, "place": {}},
    }
    for world in (BEFORE, AFTER):
        empty[world] = [{} for _day in days]
    return empty


def simulations_for(row: Forecast) -> list[Simulation]:
    """For each topic and channel, ready to look ahead."""
    now, then = scenarios(row)
    days = tuple(date.fromisoformat(day) for day in row.result["days"])
    topics = Topic.objects.select_related("sender").in_bulk([topic for topic, _channel in row.result["scope"]])
    return [Simulation(Question(topics[topic], channel), days, now, then) for topic, channel in row.result["scope"]]


def scenarios(row: Forecast) -> tuple[Scenario, Scenario]:
    """As it is, and with the change."""
    now = Scenario(rulebook.current_rulebook())
    if row.kind == ForecastKind.RULE and row.proposal:
        rule = rules.rule_from_proposal(row.proposal)
        rule.effective_from = row.effective_on
        return now, Scenario(now.book.instead(rule))
    if row.kind == ForecastKind.TOPIC:
        return now, replace(now, changed=_changed(row), since=row.effective_on)
    return now, now


def _changed(row: Forecast) -> Topic:
    """The topic with the other settings; not saved."""
    topic = Topic.objects.select_related("sender").get(forecasts=row)
    for name, value in row.question["settings"].items():
        setattr(topic, name, value)
    return topic


def setting_label(setting: str) -> str:
    """What a setting is called on the topic's page."""
    field = next(field for field in Topic._meta.fields if field.name == setting)
    return str(field.verbose_name)


def run_count(row: Forecast) -> Forecast:
    """Count on until it is done. Harmless twice: whoever finds that another one counts on leaves it to them."""
    try:
        while row.status == ForecastStatus.COUNTING and count_chunk(row):
            row.refresh_from_db()
    except OperationalError:
        raise  # the database is away for a moment; the next look for lost ones goes on
    except Exception as trouble:
        mark_failed(row, type(trouble).__name__)
        raise
    row.refresh_from_db()
    return row


def count_chunk(row: Forecast, *, chunks: int = STEP, chunk: int = 5_000) -> bool:
    """The next part of the people; False when another worker was faster."""
    before, result = row.detail, row.result
    steps = list(islice(_next(row, chunk), chunks))
    result["seen_at"] = timezone.now().isoformat()
    words: dict = {"result": result, "detail": str(int(before) + len(steps))}
    if len(steps) < chunks:
        words |= {"status": ForecastStatus.DONE, "finished_at": timezone.now(), "detail": ""}
    return Forecast.objects.filter(pk=row.pk, status=ForecastStatus.COUNTING, detail=before).update(**words) == 1


def _next(row: Forecast, chunk: int) -> Iterator[int]:
    """Count one range after the other, and remember in the result where it stands."""
    result = row.result
    looks = simulations_for(row)
    while result["at"][0] < len(looks):
        look = looks[result["at"][0]]
        for last, found in simulation.simulate_people(look, after=result["at"][1], chunk=chunk):
            add_to_result(result, look.question, found)
            result["at"][1] = last
            yield last
        result["at"] = [result["at"][0] + 1, 0]


def mark_failed(row: Forecast, detail: str) -> None:
    """It cannot be counted; somebody may try anew."""
    Forecast.objects.filter(pk=row.pk, status=ForecastStatus.COUNTING).update(
        status=ForecastStatus.FAILED, detail=detail[:300], finished_at=timezone.now()
    )


def stalled_forecasts() -> list[Forecast]:
    """Those at which nobody has been counting for a while."""
    then = timezone.now() - STALLED_AFTER
    return [row for row in Forecast.objects.filter(status=ForecastStatus.COUNTING) if _touch(row) < then]


def _touch(row: Forecast) -> datetime:
    return parse_datetime(row.result.get("seen_at", "")) or row.requested_at


def counted_places(jurisdictions: frozenset[str]) -> frozenset[str]:
    """Where somebody is counted: in each of their places, or where nobody knows."""
    return jurisdictions or frozenset({NOWHERE})


def add_to_result(result: dict, question: Question, people: list[SimulatedPerson]) -> None:
    """Count these too. Those who have the same ahead of them in the same places are counted together."""
    result["people"] += len(people)
    for (jurisdictions, days), number in Counter((one.place.jurisdictions, one.days) for one in people).items():
        names = {
            "topic": [str(question.topic.pk)],
            "channel": [question.channel],
            "place": counted_places(jurisdictions),
        }
        rows = [_group(result, kind, name) for kind, found in names.items() for name in found]
        for point, (before, after) in enumerate(zip(days.before, days.after, strict=True)):
            for world, reason in ((BEFORE, before), (AFTER, after)):
                _increment(result, rows, point, world, reason, number)
            if not after:
                _narrowed(result, days, point, number)


def _group(result: dict, kind: str, name: str) -> dict:
    empty = {world: [0] * len(result["days"]) for world in (BEFORE, AFTER)} | {"people": 0}
    return result["groups"][kind].setdefault(name, empty)


def _increment(result: dict, rows: list[dict], point: int, world: str, reason: str, number: int) -> None:
    if not reason:
        result["left"][world][point] += number
        return
    result[world][point][reason] = result[world][point].get(reason, 0) + number
    for group in rows:
        group[world][point] += number


def _narrowed(result: dict, days: simulation.SimulatedDays, point: int, number: int) -> None:
    """How many hours a week are left to those who are still in reach, and how many messages."""
    if days.before[point]:
        return
    result["in_both"][point] += number
    for world, minutes in ((BEFORE, days.minutes_before), (AFTER, days.minutes_after)):
        result["minutes"][world][point] += minutes[point] * number
    result["fewer_hours"][point] += number * (days.minutes_after[point] < days.minutes_before[point])
    result["fewer_messages"][point] += number * days.fewer_messages[point]


def find_people(row: Forecast, wanted: ForecastQuery, *, most: int, look_at: int) -> tuple[list[SimulatedPerson], bool]:
    """The first so many people behind a number, and whether all were looked at."""
    found: list[SimulatedPerson] = []
    looked = 0
    for look in simulations_for(row):
        for _last, some in simulation.simulate_people(look):
            looked += len(some)
            found += [one for one in some if wanted(one)]
            if len(found) >= most or looked >= look_at:
                return found[:most], False
    return found, True
