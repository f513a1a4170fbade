"""Less and later: Ana keeps what she likes, gets fewer of it, and has it wait while she is away."""

from preferences.models import ConsentEvent
from tests.stories.conftest import outcome, tells, words_of


def test_two_a_month_of_everything_is_two_a_month_by_mail_and_text_together(person, send):
    person.joins("email").has_a_known_phone().joins("sms")
    first = send()
    page = person.clicks("p")

    person.presses(page, **{"limit-all": "2"})
    by_text = send(channel="sms", body="Walk twenty minutes today.")
    third = send(subject="A tip for summer")

    assert [outcome(campaign) for campaign in (first, by_text, third)] == ["sent", "sent", "over_limit"]
    assert tells(person.contact, "Granted", "Limited", "at most 2 messages", "over the frequency cap they set") == []


def test_a_month_later_there_is_room_again(person, send, days_pass):
    person.joins("email")
    send()
    person.presses(person.clicks("p"), **{"limit-all": "1"})
    too_many = send(subject="A tip for summer")

    days_pass(31)

    assert outcome(too_many) == "over_limit"
    assert outcome(send(subject="A tip for autumn")) == "sent"


def test_one_topic_can_be_made_rarer_on_the_page_that_leaves_it(person, send, topic):
    person.joins("email")
    send()

    page = person.presses(person.clicks("u"), leave="fewer", most="1")

    assert "Saved." in page.content.decode()
    assert outcome(send(subject="A tip for summer")) == "over_limit"
    assert tells(person.contact, f"Limited · {topic}", "over the frequency cap they set") == []


def test_what_was_lowered_from_a_message_is_raised_only_by_a_fresh_link(person, send):
    person.joins("email")
    send()
    person.presses(person.clicks("p"), **{"limit-all": "1"})
    refused = person.presses(person.visits("preferences:preferences"), **{"limit-all": "8"})

    person.presses(person.asks_for_a_link(), **{"limit-all": ""})

    assert "get a secure link below" in refused.content.decode()
    assert outcome(send(subject="A tip for summer")) == "sent"
    assert tells(person.contact, "at most 1 message", "limit removed") == []


def test_thirty_days_of_quiet_end_by_themselves(person, send, days_pass, topic):
    person.joins("email")
    send()
    person.presses(person.clicks("p"), **{f"pause-t{topic.pk}": "30"})
    while_away = send(subject="While you are away")

    days_pass(31)
    afterwards = send(subject="Welcome back")

    assert [outcome(while_away), outcome(afterwards)] == ["paused", "sent"]
    assert "Welcome back" in [mail["Subject"] for mail in person.looks_at_her_mail()]
    assert tells(person.contact, "Granted", "Paused", "Skipped", "Resumed", "Spring letter · Sent") == []


def test_everything_waits_on_both_channels_and_comes_back_early_when_she_says_so(person, send):
    person.joins("email").has_a_known_phone().joins("sms")
    send()
    person.presses(person.clicks("p"), **{"pause-all": "90"})
    waiting = [outcome(send(channel=channel)) for channel in ("email", "sms")]

    person.presses(person.asks_for_a_link(), resume="all")

    assert waiting == ["paused", "paused"]
    assert [outcome(send(channel=channel)) for channel in ("email", "sms")] == ["sent", "sent"]
    assert tells(person.contact, "Paused · everything", "Resumed") == []


def test_a_break_is_confirmed_in_the_browser_and_taken_back_there(person, send, topic):
    person.joins("email")
    send()
    page = person.presses(person.clicks("p"), **{f"pause-t{topic.pk}": "60"})

    person.presses_undo(page)

    assert outcome(send(subject="A tip for summer")) == "sent"
    assert tells(person.contact, "Paused", "Resumed") == []
    assert ConsentEvent.objects.latest("pk").source == "undo"


def test_a_wish_she_did_not_make_herself_is_told_to_her_with_the_way_back(person, send):
    """Somebody presses in a message she forwarded: she hears of it, and puts it back."""
    person.joins("email")
    send()
    person.presses(person.clicks("p"), **{"pause-all": "90"})
    told = person.looks_at_her_mail()[-1]

    person.presses(person.clicks("z"), answer="back")

    assert "is paused until" in words_of(told)
    assert outcome(send(subject="A tip for summer")) == "sent"
    assert tells(person.contact, "Paused", "Preferences changed", "Resumed") == []
