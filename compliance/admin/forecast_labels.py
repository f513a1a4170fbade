"""A forecast in words and as a picture, for the pages that show it."""

from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from campaigns.decision import reason_labels
from compliance.forecasts import service as forecasts
from compliance.forecasts import svg_chart
from compliance.forecasts.service import AFTER, BEFORE
from compliance.models import Forecast
from preferences.models import Channel, Topic


def forecast_question(row: Forecast) -> str:
    """What was asked, in words."""
    if row.kind == Forecast.Kind.RULE and row.proposal:
        return row.proposal.summary
    if row.kind == Forecast.Kind.TOPIC:
        return _("%(topic)s: %(settings)s") % {"topic": row.topic, "settings": _settings(row)}
    return _("Expiring consent: %(topic)s") % {"topic": row.topic or _("all topics")}


def _settings(row: Forecast) -> str:
    """The other settings, each by its name on the topic's page."""
    said = row.question.get("settings", {})
    return ", ".join(f"{forecasts.setting_label(name)}: {_value(value)}" for name, value in said.items())


def _value(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def forecast_context(row: Forecast) -> dict[str, Any]:
    """Everything a page shows of a forecast, in words and as a picture."""
    result = row.result
    days = [date.fromisoformat(day) for day in result["days"]]
    is_change = row.kind != Forecast.Kind.EXPIRY
    left = result["left"]
    lines = {"after": left[AFTER]} | ({"before": left[BEFORE]} if is_change else {})
    return {
        "is_change": is_change,
        "people": result["people"],
        "chart": svg_chart.line_chart(days, lines, row.effective_on if is_change else None),
        "table": [_line(result, point, day) for point, day in enumerate(days)],
        "lost": left[BEFORE][-1] - left[AFTER][-1] if is_change else result["people"] - left[AFTER][-1],
        "last": days[-1],
        "groups": _groups(result),
    }


def _line(result: dict, point: int, day: date) -> dict[str, Any]:
    """One day of the table."""
    reasons = sorted(result[AFTER][point].items(), key=lambda entry: -entry[1])
    both = result["in_both"][point]
    minutes = [round(result["minutes"][world][point] / both / 60, 1) if both else None for world in (BEFORE, AFTER)]
    return {
        "day": day,
        "point": point,
        "before": result["left"][BEFORE][point],
        "after": result["left"][AFTER][point],
        "effect": result["left"][AFTER][point] - result["left"][BEFORE][point],
        "reasons": [(name, reason_labels.reason_label(name), people) for name, people in reasons],
        "fewer_hours": result["fewer_hours"][point],
        "fewer_messages": result["fewer_messages"][point],
        "hours": minutes,
    }


def _groups(result: dict) -> list[dict[str, Any]]:
    """By topic, channel and place: who is out on the last day."""
    topics = {str(topic.pk): str(topic) for topic in Topic.objects.filter(pk__in=list(result["groups"]["topic"]))}
    names: dict[str, dict[str, str]] = {
        "topic": topics,
        "channel": {value: str(label) for value, label in Channel.choices},
        "place": {forecasts.NOWHERE: _("Location unknown"), "*": _("Elsewhere")},
    }
    titles = {"topic": _("By topic"), "channel": _("By channel"), "place": _("By place")}
    return [
        {
            "title": titles[kind],
            "rows": [
                {"name": names[kind].get(name, name), "before": said[BEFORE][-1], "after": said[AFTER][-1]}
                for name, said in sorted(result["groups"][kind].items())
            ],
        }
        for kind in titles
        if result["groups"][kind]
    ]
