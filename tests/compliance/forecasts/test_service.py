"""Who would drop out, and when: by a rule, by time, by a setting. Nothing is changed by asking."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from compliance import tasks
from compliance.forecasts import service as forecasts
from compliance.forecasts import simulation
from compliance.forecasts.service import AFTER, BEFORE, Wanted
from compliance.models import Forecast
from preferences.consent import frequency
from preferences.consent import service as consent
from preferences.errors import NotAllowed
from preferences.models import Rule, Source
from preferences.rulebook import service as rules
from preferences.rulebook.rule_fields import window
from tests import factories
from tests.conftest import subscribe

NOW = datetime(2027, 3, 2, 15, tzinfo=UTC)
TODAY, IN_MAY, LATER = date(2027, 3, 2), date(2027, 5, 1), date(2027, 8, 31)


@pytest.fixture(autouse=True)
def _spring(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def people(topic):
    """Three who said yes to mail: two in Germany, one in the United States."""
    return [subscribe(factories.email_address(country=country), topic) for country in ("DE", "DE", "US")]


def proposed(officer, name="de-email-marketing", since=IN_MAY, **figures):
    """A change of one rule: some figures said anew."""
    rule = Rule.objects.filter(name=name).order_by("-version").first()
    told = {key: {"reference": "Section 1", "evidence": "V", **said} for key, said in figures.items()}
    words = {field: getattr(rule, field) for field in rules.WORDS} | {
        "figures": {**rule.figures, **told},
        "effective_from": since,
        "effective_to": None,
        "reason": "A new law.",
    }
    return rules.propose(words, based_on=rule, by=officer)


def on(row, day, world):
    """The reasons counted for that day."""
    return row.result[world][row.result["days"].index(day.isoformat())]


def test_a_stricter_rule_takes_out_those_it_does_not_accept_from_its_day_on(officer, people):
    proposal = proposed(officer, consent={"legal": ["guardian"]})

    row = forecasts.of_proposal(proposal, until=LATER, by=officer)

    assert row.status == Forecast.Status.DONE
    assert row.result["people"] == 3
    assert on(row, date(2027, 4, 27), AFTER) == {}
    assert on(row, IN_MAY, AFTER) == {"consent_too_weak": 2}
    assert on(row, IN_MAY, BEFORE) == {}


def test_the_change_is_told_by_topic_channel_and_place(officer, people, topic):
    row = forecasts.of_proposal(proposed(officer, consent={"legal": ["guardian"]}), until=LATER, by=officer)

    groups = row.result["groups"]
    assert groups["topic"][str(topic.pk)][AFTER][-1] == 2
    assert groups["channel"]["email"][AFTER][-1] == 2
    assert groups["place"]["DE"][AFTER][-1] == 2
    assert groups["place"]["DE"][BEFORE][-1] == 0


def test_another_day_can_be_asked_about(officer, people):
    proposal = proposed(officer, consent={"legal": ["guardian"]})

    row = forecasts.of_proposal(proposal, on=date(2027, 7, 1), until=LATER, by=officer)

    assert on(row, date(2027, 6, 29), AFTER) == {}
    assert on(row, date(2027, 7, 1), AFTER) == {"consent_too_weak": 2}


def test_narrower_hours_take_nobody_out_and_are_told(officer, topic):
    subscribe(factories.phone_address(country="US", time_zone="America/New_York"), topic)
    narrower = {"legal": {"mon-fri": "10:00-12:00", "sat-sun": "closed"}}
    proposal = proposed(officer, "us-sms-marketing", window=narrower)

    row = forecasts.of_proposal(proposal, until=LATER, by=officer)

    assert row.result["people"] == 1
    assert on(row, LATER, AFTER) == {}
    assert row.result["fewer_hours"][0] == 0
    assert row.result["fewer_hours"][-1] == 1
    assert row.result["minutes"][AFTER][-1] == 5 * 120


def test_a_smaller_cap_is_told(officer, people):
    row = forecasts.of_proposal(proposed(officer, caps={"legal": {"week": 1}}), until=LATER, by=officer)

    assert row.result["fewer_messages"][-1] == 2


def test_time_alone_ends_consents(officer, topic, people):
    shorter = subscribe(factories.email_address(country="US"), topic)
    shorter.subscriptions.update(expires_at=NOW + timedelta(days=60))

    row = forecasts.of_time(until=LATER, by=officer)

    assert on(row, TODAY, AFTER) == {}
    assert on(row, LATER, AFTER) == {"expired": 1}
    assert row.result["left"][AFTER][-1] == 3


def test_consents_grow_old_on_their_day(officer, topic, time_machine):
    time_machine.move_to(NOW - timedelta(days=500), tick=False)
    subscribe(factories.email_address(country="CA"), topic)
    time_machine.move_to(NOW, tick=False)

    row = forecasts.of_time(until=date(2028, 2, 1), by=officer)

    assert on(row, date(2027, 9, 28), AFTER) == {}
    assert on(row, date(2028, 2, 1), AFTER) == {"permission_too_old": 1}


def test_a_minimum_age_takes_out_whoever_told_no_birthday(officer, topic, people):
    row = forecasts.of_setting(topic, {"minimum_age": 16}, on=IN_MAY, until=LATER, by=officer)

    assert on(row, date(2027, 4, 27), AFTER) == {}
    assert on(row, LATER, AFTER) == {"age_unknown": 3}
    topic.refresh_from_db()
    assert topic.minimum_age is None


def test_a_channel_that_is_switched_off_takes_out_its_readers(officer, topic, people):
    row = forecasts.of_setting(topic, {"by_email": False}, on=TODAY, until=LATER, by=officer)

    assert on(row, LATER, AFTER) == {"channel_not_offered": 3}


def test_whoever_cannot_be_reached_today_is_not_counted_as_lost(officer, topic, people):
    consent.withdraw(people[0], topic, source=Source.LEAVE)
    frequency.pause(people[1], topic, until=NOW + timedelta(days=9), source=Source.PREFERENCES)

    assert forecasts.of_time(until=LATER, by=officer).result["people"] == 1


def test_the_names_behind_a_number_are_those_it_counted(officer, topic, people):
    row = forecasts.of_proposal(proposed(officer, consent={"legal": ["guardian"]}), until=LATER, by=officer)
    last = len(row.result["days"]) - 1

    found, is_all = forecasts.find(row, Wanted(last), most=10, look_at=100)
    some, is_some = forecasts.find(row, Wanted(last, place="DE"), most=1, look_at=100)

    assert [one.address for one in found] == [people[0].pk, people[1].pk]
    assert is_all
    assert [one.address for one in some] == [people[0].pk]
    assert not is_some


def test_many_people_are_counted_by_a_worker_and_nobody_twice(officer, people, settings):
    settings.COUNT_AT_ONCE = 1
    row = forecasts.of_time(until=LATER, by=officer)

    forecasts.step(row, chunks=1, chunk=2)
    assert not forecasts.step(row, chunks=1, chunk=2)
    tasks.count_forecast(row.pk)

    row.refresh_from_db()
    assert (row.status, row.result["people"], row.detail) == (Forecast.Status.DONE, 3, "")


def test_the_sweep_finds_a_forecast_whose_worker_was_lost(officer, people, settings, time_machine):
    settings.COUNT_AT_ONCE = 1
    row = forecasts.of_time(until=LATER, by=officer)

    assert forecasts.lost() == []
    time_machine.move_to(NOW + forecasts.LOST_AFTER * 2)
    assert forecasts.lost() == [row]


def test_without_people_the_answer_is_nobody(officer, topic):
    row = forecasts.of_time(until=LATER, by=officer)

    assert (row.status, row.result["people"]) == (Forecast.Status.DONE, 0)


@pytest.mark.parametrize("until", [TODAY, date(2027, 1, 1), date(2029, 1, 1)])
def test_a_day_that_makes_no_sense_is_refused(officer, topic, until):
    with pytest.raises(NotAllowed, match="Choose a forecast date"):
        forecasts.of_time(until=until, by=officer)


def test_a_day_in_the_past_is_refused(officer, topic):
    with pytest.raises(NotAllowed, match="is in the past"):
        forecasts.of_setting(topic, {"by_email": False}, on=date(2027, 1, 1), until=LATER, by=officer)


def test_a_setting_that_changes_nothing_is_refused(officer, topic):
    with pytest.raises(NotAllowed, match="already has these settings"):
        forecasts.of_setting(topic, {"by_email": True}, on=TODAY, until=LATER, by=officer)


def test_a_proposal_that_is_decided_is_not_forecast(officer, people, colleague):
    proposal = proposed(officer, caps={"legal": {"week": 1}})
    rules.decline(proposal, by=colleague, reason="Not now.")
    proposal.refresh_from_db()

    with pytest.raises(NotAllowed, match="already been decided"):
        forecasts.of_proposal(proposal, until=LATER, by=officer)


def test_the_open_hours_of_a_week_are_those_that_are_open_everywhere():
    office = window({"mon-fri": "09:00-17:00", "sat-sun": "closed"})

    assert simulation.minutes_open(office, ("America/New_York",), TODAY) == 5 * 8 * 60
    assert simulation.minutes_open(office, ("America/New_York", "America/Los_Angeles"), TODAY) == 5 * 5 * 60
    assert simulation.minutes_open(office, (), TODAY) == 0
    assert simulation.minutes_open(None, (), TODAY) == simulation.WEEK


def test_today_is_where_an_outlook_begins():
    days = simulation.weekly(TODAY, date(2027, 3, 20), date(2027, 3, 10))

    assert days == (TODAY, date(2027, 3, 9), date(2027, 3, 10), date(2027, 3, 16), date(2027, 3, 20))
    assert timezone.localdate() == TODAY
