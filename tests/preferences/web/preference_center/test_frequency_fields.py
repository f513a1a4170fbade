"""Less, or later, on the preferences page: lowering at once, raising only behind a fresh link."""

from datetime import UTC, date, datetime

import pytest

from preferences.consent import frequency
from preferences.consent import service as consent
from preferences.models import ConsentEvent, FrequencyCap, ServiceMessage, Source, Subscription
from preferences.web import preference_sheet
from tests import factories
from tests.conftest import subscribe
from tests.preferences.web.visitors import filled, fresh, managed

Kind = ConsentEvent.Kind
Status = Subscription.Status
PAGE = "/preferences/"
IN_BERLIN = datetime(2026, 7, 30, 22, tzinfo=UTC)  # 30 days on, at midnight there


@pytest.fixture
def today(time_machine):
    """The first of July, in the evening."""
    time_machine.move_to("2026-07-01 18:00", tick=False)
    return date(2026, 7, 1)


@pytest.fixture
def ana(today, topic):
    """Somebody in Berlin who gets the topic."""
    return subscribe(factories.email_address(time_zone="Europe/Berlin"), topic)


@pytest.fixture
def phone(ana, topic):
    """The same person's phone."""
    return subscribe(factories.contacts.add_address("sms", "+12075550179", contact=ana.contact), topic)


def frequency_caps(address):
    return dict(FrequencyCap.objects.filter(contact=address.contact).values_list("topic", "most_per_month"))


def said(address, kind):
    return ConsentEvent.objects.filter(address__contact=address.contact, kind=kind)


def test_at_most_so_many_a_month_of_one_topic(client, ana, topic):
    page = managed(client, ana)

    client.post(PAGE, filled(page, **{f"limit-t{topic.pk}": "4"}))

    assert frequency_caps(ana) == {topic.pk: 4}
    assert said(ana, Kind.LIMITED).get().source == Source.PREFERENCES


def test_at_most_so_many_a_month_of_everything_together(client, ana):
    client.post(PAGE, filled(managed(client, ana), **{"limit-all": "8"}))

    assert frequency_caps(ana) == {None: 8}


def test_a_manage_link_offers_no_more_than_what_stands(client, ana, topic):
    frequency.set_frequency_cap(ana, topic, most_per_month=5, source=Source.PREFERENCES)

    page = managed(client, ana).content.decode()
    select = page[page.index(f'name="limit-t{topic.pk}"') :]
    select = select[: select.index("</select>")]

    assert '<option value="5" selected>5 a month</option>' in select
    assert "4 a month" in select
    assert ("8 a month" in select, "No limit" in select) == (False, False)


@pytest.mark.parametrize("more", ["8", "99", ""])
def test_a_manage_link_cannot_raise_or_remove_a_limit_and_says_how(client, ana, topic, more):
    frequency.set_frequency_cap(ana, topic, most_per_month=2, source=Source.PREFERENCES)
    page = managed(client, ana)

    answer = client.post(PAGE, filled(page, **{f"limit-t{topic.pk}": more}), follow=True)

    assert frequency_caps(ana) == {topic.pk: 2}
    assert "get a secure link below. Nothing was added." in answer.content.decode()


@pytest.mark.parametrize(("more", "then"), [("8", 8), ("", None)])
def test_a_fresh_link_raises_or_removes_a_limit(client, ana, topic, more, then):
    frequency.set_frequency_cap(ana, topic, most_per_month=2, source=Source.PREFERENCES)

    client.post(PAGE, filled(fresh(client, ana), **{f"limit-t{topic.pk}": more}))

    assert frequency_caps(ana) == {topic.pk: then}


def test_an_untouched_form_repeats_no_wish(client, ana, topic):
    frequency.set_frequency_cap(ana, topic, most_per_month=2, source=Source.PREFERENCES)
    frequency.pause_messages(ana, topic, until=IN_BERLIN, source=Source.PREFERENCES)
    page = fresh(client, ana)
    before = ConsentEvent.objects.count()

    answer = client.post(PAGE, filled(page), follow=True)

    assert ConsentEvent.objects.count() == before
    assert "Nothing was changed." in answer.content.decode()


def test_an_old_tab_does_not_take_back_a_newer_limit(client, ana, topic):
    old_tab = fresh(client, ana)
    frequency.set_frequency_cap(ana, topic, most_per_month=1, source=Source.PREFERENCES)

    client.post(PAGE, filled(old_tab))

    assert frequency_caps(ana) == {topic.pk: 1}


def test_an_old_tab_does_not_shorten_a_newer_pause(client, ana, topic):
    old_tab = managed(client, ana)
    frequency.pause_messages(ana, topic, until=datetime(2026, 12, 1, tzinfo=UTC), source=Source.PREFERENCES)

    answer = client.post(PAGE, filled(old_tab, **{f"pause-t{topic.pk}": "30"}))

    assert answer.status_code == 422
    assert ana.subscriptions.get().paused_until == datetime(2026, 12, 1, tzinfo=UTC)


@pytest.mark.parametrize("wrong", ["0", "-1", "100", "1.5", "٤٤٤", "many", "🙂", "1\r\n2"])
def test_what_is_no_number_is_answered_with_a_sentence(client, ana, topic, wrong):
    answer = client.post(PAGE, filled(managed(client, ana), **{f"limit-t{topic.pk}": wrong}))

    assert answer.status_code == 422
    assert "Nothing was saved yet" in answer.content.decode()
    assert frequency_caps(ana) == {}


def test_a_break_of_thirty_days_ends_at_midnight_where_she_lives(client, ana, topic):
    saved = client.post(PAGE, filled(managed(client, ana), **{f"pause-t{topic.pk}": "30"}), follow=True)

    row = ana.subscriptions.get()
    assert (row.status, row.paused_until) == (Status.PAUSED, IN_BERLIN)
    assert "Paused until 31 July 2026" in saved.content.decode()


def test_a_break_until_a_day_she_chose(client, ana, topic):
    client.post(PAGE, filled(managed(client, ana), **{f"until-t{topic.pk}": "2026-09-01"}))

    assert ana.subscriptions.get().paused_until == datetime(2026, 8, 31, 22, tzinfo=UTC)


def test_a_break_from_everything_holds_on_all_addresses(client, ana, phone, topic):
    subscribe(ana, factories.TopicFactory(sender=topic.sender))

    client.post(PAGE, filled(managed(client, ana), **{"pause-all": "90"}))

    assert not Subscription.objects.active().exists()
    assert Subscription.objects.filter(status=Status.PAUSED).count() == 3


def test_a_break_from_everything_shortens_no_longer_one(client, ana, topic):
    december = datetime(2026, 12, 1, tzinfo=UTC)
    frequency.pause_messages(ana, topic, until=december, source=Source.PREFERENCES)
    other = factories.TopicFactory(sender=topic.sender)
    subscribe(ana, other)

    client.post(PAGE, filled(managed(client, ana), **{"pause-all": "30"}))

    assert dict(ana.subscriptions.values_list("topic", "paused_until")) == {topic.pk: december, other.pk: IN_BERLIN}


@pytest.mark.parametrize("wrong", ["2026-07-01", "2026-06-30", "2027-07-02", "0001-01-01", "9999-12-31"])
def test_a_day_that_cannot_be_meant_gets_a_sentence(client, ana, topic, wrong):
    answer = client.post(PAGE, filled(managed(client, ana), **{f"until-t{topic.pk}": wrong}))

    assert answer.status_code == 422
    assert "Choose a day between tomorrow and a year from now." in answer.content.decode()
    assert ana.subscriptions.get().status == Status.ACTIVE


@pytest.mark.parametrize("wrong", ["soon", "2026-13-45", "٢٠٢٦", "\u202e2026-09-01", "2026-09-01\r\nX", "9" * 500])
def test_what_is_no_day_gets_a_sentence(client, ana, topic, wrong):
    answer = client.post(PAGE, filled(managed(client, ana), **{f"until-t{topic.pk}": wrong}))

    assert answer.status_code == 422
    assert "like 2027-09-01" in answer.content.decode()


def test_days_and_a_day_at_once_are_asked_about(client, ana, topic):
    both = {f"until-t{topic.pk}": "2026-09-01", f"pause-t{topic.pk}": "30"}

    answer = client.post(PAGE, filled(managed(client, ana), **both))

    assert "either a number of days or a day, not both" in answer.content.decode()


def test_a_wrong_field_opens_its_part_of_the_page(client, ana, topic):
    answer = client.post(PAGE, filled(managed(client, ana), **{f"until-t{topic.pk}": "2020-01-01"}))

    assert "<details open>" in answer.content.decode()


def test_a_manage_link_cannot_shorten_a_pause(client, ana, topic):
    frequency.pause_messages(ana, topic, until=datetime(2026, 12, 1, tzinfo=UTC), source=Source.PREFERENCES)

    answer = client.post(PAGE, filled(managed(client, ana), **{f"pause-t{topic.pk}": "30"}))

    assert "To resume sooner, get a secure link below." in answer.content.decode()
    assert ana.subscriptions.get().paused_until == datetime(2026, 12, 1, tzinfo=UTC)


def test_a_fresh_link_resumes_now(client, ana, phone, topic):
    frequency.pause_messages(ana, topic, until=IN_BERLIN, source=Source.PREFERENCES)
    page = fresh(client, ana)
    assert 'aria-label="Resume now: Health tips"' in page.content.decode()

    client.post(PAGE, filled(page, resume=f"t{topic.pk}"))

    assert Subscription.objects.active().count() == 2


def test_a_manage_link_does_not_resume_and_the_page_says_how(client, ana, topic):
    frequency.pause_messages(ana, topic, until=IN_BERLIN, source=Source.PREFERENCES)
    page = managed(client, ana)
    assert "To resume sooner, get a secure link" in page.content.decode()

    client.post(PAGE, filled(page, resume=f"t{topic.pk}"))
    client.post(PAGE, filled(page, resume="all"))

    assert ana.subscriptions.get().status == Status.PAUSED


def test_resuming_in_an_old_tab_does_not_bring_back_what_was_left_since(client, ana, topic):
    frequency.pause_messages(ana, topic, until=IN_BERLIN, source=Source.PREFERENCES)
    old_tab = fresh(client, ana)
    consent.withdraw(ana, topic, source=Source.SMS)

    client.post(PAGE, filled(old_tab, resume=f"t{topic.pk}"))

    assert ana.subscriptions.get().status == Status.ENDED


def test_pressing_save_twice_says_it_once(client, ana, topic):
    answers = filled(managed(client, ana), **{f"pause-t{topic.pk}": "30", f"limit-t{topic.pk}": "2"})

    client.post(PAGE, answers)
    client.post(PAGE, answers)

    assert said(ana, Kind.PAUSED).count() == said(ana, Kind.LIMITED).count() == 1


def test_several_wishes_of_one_press_are_one_act(client, ana, topic):
    wanted = {f"limit-t{topic.pk}": "2", "limit-all": "8", "pause-all": "30"}

    client.post(PAGE, filled(managed(client, ana), **wanted))

    assert ana.events.filter(kind__in=[Kind.PAUSED, Kind.LIMITED]).values("interaction_id").distinct().count() == 1


def test_a_wish_about_somebody_elses_topic_is_not_heard(client, ana, topic):
    stranger = subscribe(factories.email_address(), factories.TopicFactory())
    theirs = stranger.subscriptions.get().topic

    client.post(PAGE, filled(managed(client, ana), **{f"limit-t{theirs.pk}": "1", f"pause-t{theirs.pk}": "30"}))

    assert not FrequencyCap.objects.exists()
    assert stranger.subscriptions.get().status == Status.ACTIVE


def test_of_a_field_sent_twice_one_counts(client, ana, topic):
    answers = filled(managed(client, ana)) | {f"limit-t{topic.pk}": ["8", "2"], f"pause-t{topic.pk}": ["90", "30"]}

    client.post(PAGE, answers)

    assert frequency_caps(ana) == {topic.pk: 2}
    assert ana.subscriptions.get().paused_until == IN_BERLIN


def test_looking_at_the_page_writes_nothing(client, ana, topic):
    frequency.pause_messages(ana, topic, until=IN_BERLIN, source=Source.PREFERENCES)
    before = ConsentEvent.objects.count()

    fresh(client, ana)
    client.head(PAGE)
    client.get(PAGE, {"resume": f"t{topic.pk}", "everything": "off", "limit-all": "1"})

    assert ConsentEvent.objects.count() == before


def test_a_wish_by_a_link_from_a_mail_is_told_to_the_owner(client, ana, topic):
    client.post(PAGE, filled(managed(client, ana), **{f"pause-t{topic.pk}": "30"}))

    told = ana.service_messages.get(kind=ServiceMessage.Kind.CHANGED)
    assert (told.interaction_id, told.sender) == (said(ana, Kind.PAUSED).get().interaction_id, topic.sender)


def test_who_has_just_asked_for_a_link_is_not_told_of_their_own_wish(client, ana, topic):
    client.post(PAGE, filled(fresh(client, ana), **{f"pause-t{topic.pk}": "30"}))

    assert not ana.service_messages.filter(kind=ServiceMessage.Kind.CHANGED).exists()


def test_what_the_opt_out_confirmation_answers_is_not_told_twice(client, ana, topic):
    box = f"a{ana.pk}-t{topic.pk}"

    client.post(PAGE, filled(managed(client, ana), **{box: None, "limit-all": "2"}))

    assert ana.service_messages.filter(kind=ServiceMessage.Kind.UNSUBSCRIBED).count() == 1
    assert not ana.service_messages.filter(kind=ServiceMessage.Kind.CHANGED).exists()


def test_no_more_texts_ends_the_phone_alone(client, ana, phone, topic):
    page = managed(client, ana)
    assert "Unsubscribe from text messages" in page.content.decode()

    client.post(PAGE, filled(page, channel="sms"))

    assert phone.subscriptions.get().status == Status.ENDED
    assert ana.subscriptions.get().status == Status.ACTIVE
    assert phone.events.last().source == Source.PREFERENCES


@pytest.mark.parametrize("unknown", ["", "fax", "EMAIL", "email,sms"])
def test_a_channel_we_do_not_know_turns_nothing_off(client, ana, phone, unknown):
    client.post(PAGE, filled(managed(client, ana), channel=unknown))

    assert Subscription.objects.active().count() == 2


def test_topics_stand_by_sender_and_by_what_they_are_for(ana, topic):
    factories.TopicFactory(sender=topic.sender, name="Appointments", purpose="transactional")
    factories.TopicFactory(sender=topic.sender, name="Courses", purpose="informational")
    factories.TopicFactory(sender=topic.sender, name="A better offer")

    entries = preference_sheet.preference_sheet_for(ana, language="en").entries

    assert [entry.topic.name for entry in entries] == ["Health tips", "A better offer", "Courses", "Appointments"]


def test_each_box_has_a_name_that_says_it_all(client, ana, phone):
    page = managed(client, ana).content.decode()

    assert 'aria-label="Health tips by text message to +12•••79"' in page
    assert f'aria-label="Health tips by email to {ana.masked}"' in page
    assert phone.value not in page


def test_the_page_says_when_and_how_she_agreed(client, ana):
    page = managed(client, ana).content.decode()

    assert "You agreed on 1 July 2026, by ticking a box on the sign-up page and confirming it." in page


@pytest.mark.parametrize("button", [{"everything": "off"}, {"channel": "email"}])
def test_nothing_wrong_elsewhere_on_the_page_stands_in_the_way_of_turning_off(client, ana, phone, topic, button):
    frequency.set_frequency_cap(ana, topic, most_per_month=2, source=Source.PREFERENCES)
    wrong = {f"until-t{topic.pk}": "never", f"limit-t{topic.pk}": "many", "until-all": "2020-01-01"}

    answer = client.post(PAGE, filled(fresh(client, ana), **wrong, **button))

    assert answer.status_code == 302
    assert ana.subscriptions.get().status == Status.ENDED
    assert frequency_caps(ana) == {topic.pk: 2}
