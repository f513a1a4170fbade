"""Files of contacts: what they may bring, what they never can, and that no line is lost or done twice."""

import csv
import io
from datetime import timedelta

import pytest
from django.utils import timezone

from preferences import consent, contacts, eligibility, erasure, imports
from preferences.errors import NotAllowed, Unreadable
from preferences.models import Address, ConsentEvent, Contact, Import, Method, Source, Subscription, Suppression
from tests import factories
from tests.conftest import subscribe

HEADER = "address,name,language,country,topic,channel,consent_method,consent_time,consent_source,evidence"
Status = Import.Status


def line(address, about, delimiter=",", **said):
    cells = {
        "name": "Zoë Ångström",
        "language": "en",
        "country": "GB",
        "topic": f"{about.sender.slug}/{about.slug}",
        "channel": "email",
        "method": "checkbox",
        "time": "2025-03-01T10:00+01:00",
        "source": "Spring fair, reception desk",
        "evidence": "Form 12: Yes, send me tips",
    } | said
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator="").writerow([address, *cells.values()])
    return written.getvalue()


def file(*lines, header=HEADER, encoding="utf-8"):
    return io.BytesIO("\n".join([header, *lines, ""]).encode(encoding))


def apply(content, by=None):
    return imports.apply(imports.start(imports.dry_run(content, name="people.csv", by=by), by=by))


def only(import_, *outcomes):
    """The counts of these outcomes; every row must be among them."""
    counts = {name: count for name, count in import_.counts.items() if count and name != "lines"}
    assert set(counts) <= set(outcomes)
    return counts


def sentences(import_):
    return " ".join(problem["sentence"] for problem in import_.problems)


def test_a_dry_run_says_what_would_happen_and_changes_nothing(topic, author):
    import_ = imports.dry_run(file(line("ana@example.org", topic)), name="C:\\lists\\people.csv", by=author)

    assert only(import_, "new") == {"new": 1}
    assert (import_.status, import_.file_name, import_.by) == (Status.CHECKED, "people.csv", author)
    assert not Contact.objects.exists()
    assert not ConsentEvent.objects.exists()


def test_applying_brings_the_person_their_consent_and_its_proof(topic, author):
    apply(file(line("Ana@Example.org", topic)), by=author)

    address = Address.objects.get()
    event = address.events.get()
    assert (address.contact.name, address.contact.country) == ("Zoë Ångström", "GB")
    assert eligibility.objection(address, topic) == ""
    assert (event.source, event.method, event.by) == (Source.IMPORT, Method.CHECKBOX, author)
    assert event.occurred_at.isoformat() == "2025-03-01T09:00:00+00:00"
    assert event.evidence.words == "Form 12: Yes, send me tips\nSpring fair, reception desk"
    assert event.evidence.page == "people.csv, line 2"


def test_words_published_after_somebody_spoke_are_not_said_to_be_what_they_agreed_to(topic):
    apply(file(line("ana@example.org", topic)))

    assert ConsentEvent.objects.get().notice is None


def test_words_in_force_when_somebody_spoke_are_recorded(topic, notice):
    apply(file(line("ana@example.org", topic, time=timezone.now().isoformat())))

    assert ConsentEvent.objects.get().notice == notice


def test_a_second_run_adds_nothing(topic):
    first = apply(file(line("ana@example.org", topic)))
    second = apply(file(line("ana@example.org", topic)))

    assert first == second
    assert ConsentEvent.objects.count() == 1


def test_the_same_people_in_another_file_are_unchanged(topic):
    apply(file(line("ana@example.org", topic)))
    second = apply(file(line("ANA@example.org", topic, name="Zoë Ångström ")))

    assert only(second, "unchanged") == {"unchanged": 1}
    assert ConsentEvent.objects.count() == 1


def test_a_line_said_twice_counts_once(topic):
    content = file(line("ana@example.org", topic), line(" ana@EXAMPLE.org ", topic))

    import_ = apply(content)

    assert only(import_, "new", "repeated") == {"new": 1, "repeated": 1}
    assert import_.problems[0]["line"] == 3


def test_a_second_topic_is_added_to_a_known_person(topic):
    other = factories.TopicFactory()

    import_ = apply(file(line("ana@example.org", topic), line("ana@example.org", other)))

    assert only(import_, "new", "changed") == {"new": 1, "changed": 1}
    assert Contact.objects.count() == 1


def test_a_dry_run_counts_what_applying_then_counts(topic, subscriber):
    lines = [line("ana@example.org", topic), line("ana@example.org", topic), line(subscriber.value, topic)]
    lines += [line("bo@example.org", topic, evidence=""), line("nonsense", topic)]

    checked = imports.dry_run(file(*lines), name="people.csv")
    applied = imports.apply(imports.start(checked))

    assert checked.counts == applied.counts
    assert checked.problems == applied.problems
    assert sum(applied.counts.values()) - applied.counts["lines"] == len(lines)


@pytest.mark.parametrize(
    ("said", "lacking"),
    [
        ({"method": ""}, "consent method is missing"),
        ({"method": "telepathy"}, "consent method is missing or not known"),
        ({"method": "none"}, "consent method is missing or not known"),
        ({"time": ""}, "consent time is missing"),
        ({"time": "01/03/2025"}, "consent time is missing or unclear"),
        ({"time": "2025-03-01 10:00"}, "no time zone"),
        ({"time": "2999-01-01"}, "in the future"),
        ({"time": "0001-01-01T00:00+14:00"}, "too long ago"),
        ({"source": ""}, "both a source and evidence"),
        ({"evidence": " "}, "both a source and evidence"),
        ({"topic": ""}, "No topic is named"),
    ],
)
def test_without_complete_proof_the_person_is_kept_without_consent(topic, said, lacking):
    import_ = apply(file(line("ana@example.org", topic, **said)))

    assert only(import_, "no_proof") == {"no_proof": 1}
    assert lacking in sentences(import_)
    assert Address.objects.get().contact.name == "Zoë Ångström"
    assert not ConsentEvent.objects.exists()


def test_a_plain_date_is_a_time(topic):
    apply(file(line("ana@example.org", topic, time="2025-03-01")))

    assert ConsentEvent.objects.get().occurred_at.isoformat() == "2025-03-01T00:00:00+00:00"


def test_a_channel_the_topic_does_not_offer_is_no_consent(db):
    topic = factories.TopicFactory(by_sms=False)

    import_ = apply(file(line("+442079460123", topic, channel="sms")))

    assert "not offered on this channel" in sentences(import_)


def test_a_topic_without_a_notice_needs_the_words_in_the_evidence(db):
    topic = factories.TopicFactory(notice=False)

    import_ = apply(file(line("ana@example.org", topic), line("bo@example.org", topic, evidence="Ticked “Yes, tips”")))

    assert only(import_, "no_proof", "new") == {"no_proof": 1, "new": 1}


def test_an_address_that_looks_mistyped_is_not_written_to(topic):
    import_ = apply(file(line("ana@gmial.com", topic)))

    assert "one slip away" in sentences(import_)
    assert not ConsentEvent.objects.exists()


def test_an_import_never_undoes_a_no(subscriber, topic):
    consent.withdraw(subscriber, topic, source=Source.LEAVE)

    import_ = apply(file(line(subscriber.value, topic)))

    assert only(import_, "suppressed") == {"suppressed": 1}
    assert subscriber.subscriptions.get().status == Subscription.Status.ENDED


def test_an_import_never_lifts_a_stop(subscriber, topic):
    consent.withdraw_all(subscriber, sender=topic.sender, source=Source.LEAVE)

    apply(file(line(subscriber.value, topic), line(subscriber.value, factories.TopicFactory())))

    assert Suppression.objects.in_force().get()
    assert eligibility.objection(subscriber, topic) == "stopped"


def test_a_no_to_everything_outlives_coming_back_for_one_topic(subscriber, topic):
    other = factories.TopicFactory()
    consent.withdraw_all(subscriber, sender=topic.sender, source=Source.LEAVE)
    subscribe(subscriber, topic)

    import_ = apply(file(line(subscriber.value, other)))

    assert only(import_, "suppressed") == {"suppressed": 1}


def test_a_stranger_signing_up_an_opted_out_person_opens_no_door_for_a_file(subscriber, topic, notice):
    consent.withdraw(subscriber, topic, source=Source.LEAVE)
    consent.ask(subscriber, [notice], source=Source.SIGN_UP)

    import_ = apply(file(line(subscriber.value, topic)))

    assert only(import_, "suppressed") == {"suppressed": 1}


def test_somebody_who_was_asked_answers_for_themselves(address, topic, notice):
    consent.ask(address, [notice], source=Source.SIGN_UP)

    import_ = apply(file(line(address.value, topic)))

    assert only(import_, "unchanged") == {"unchanged": 1}
    assert address.subscriptions.get().status == Subscription.Status.PENDING


def test_a_forgotten_person_is_not_brought_back(subscriber, topic, author):
    value = subscriber.value
    erasure.erase(subscriber.contact, by=author)

    import_ = apply(file(line(value, topic)))

    assert only(import_, "suppressed") == {"suppressed": 1}
    assert not Address.objects.live().exists()


def test_what_we_know_of_a_person_is_not_overwritten(topic):
    contacts.add_address("email", "ana@example.org", name="Ana Ferreira")

    import_ = apply(file(line("ana@example.org", topic)))

    assert "Known by a different name" in sentences(import_)
    assert Contact.objects.get().name == "Ana Ferreira"


def test_no_personal_value_is_in_the_report(topic):
    lines = [
        line("ana@example.org", topic, evidence=""),
        line("Ana.Ferreira", topic),
        line("+1 12", topic, channel="sms"),
    ]

    import_ = apply(file(*lines))

    assert len(import_.problems) == 3
    assert not any(word in str(import_.problems).casefold() for word in ["ana", "ferreira", "zoë"])


@pytest.mark.parametrize(
    ("country", "written", "number"),
    [
        ("GB", "020 7946 0123", "+442079460123"),
        ("US", "(207) 555-0143", "+12075550143"),
        ("CA", "613-555-0143", "+16135550143"),
        ("AU", "0491 570 156", "+61491570156"),
        ("DE", "0151 23456789", "+4915123456789"),
        ("FR", "01 99 00 12 34", "+33199001234"),
        ("IE", "085 012 3456", "+353850123456"),
        ("ES", "612 34 56 78", "+34612345678"),
        ("SE", "070-174 06 05", "+46701740605"),
        ("IN", "081234 56789", "+918123456789"),
        ("", "＋４４ 20 7946 0123", "+442079460123"),
    ],
)
def test_a_national_number_is_understood_with_its_country(topic, country, written, number):
    apply(file(line(written, topic, channel="sms", country=country)))

    assert Address.objects.get().normal_form == number


def test_a_national_number_without_a_country_is_refused(topic):
    import_ = apply(file(line("020 7946 0123", topic, channel="sms", country="")))

    assert only(import_, "refused") == {"refused": 1}
    assert "country code" in sentences(import_)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"topic": "nobody/nothing"}, "no such topic"),
        ({"channel": "pigeon"}, "neither email nor sms"),
        ({"name": "n" * 201}, "longer than 200"),
    ],
)
def test_a_line_that_is_not_understood_is_refused_with_the_reason(topic, said, why):
    import_ = apply(file(line("ana@example.org", topic, **said)))

    assert only(import_, "refused") == {"refused": 1}
    assert why in sentences(import_)
    assert not Contact.objects.exists()


def test_a_topic_name_that_two_senders_use_is_not_guessed(topic):
    factories.TopicFactory(slug=topic.slug)

    import_ = apply(file(line("ana@example.org", topic, topic=topic.slug)))

    assert "Several senders" in sentences(import_)


def test_a_unique_topic_needs_no_sender(topic):
    assert apply(file(line("ana@example.org", topic, topic=topic.slug.upper()))).counts["new"] == 1


def test_an_international_domain_is_one_address_in_any_spelling(topic):
    content = file(line("jorg@bücher.example", topic), line("JORG@xn--bcher-kva.example", topic))

    assert only(apply(content), "new", "repeated") == {"new": 1, "repeated": 1}


def test_broken_lines_do_not_take_their_neighbours_with_them(topic):
    broken = [
        line("bo@example.org", topic) + ",more",
        "just one field",
        '"quoted"badly,' + line("cy@example.org", topic),
    ]

    import_ = apply(file(line("ana@example.org", topic), *broken, "", line("dee@example.org", topic)))

    assert only(import_, "new", "refused") == {"new": 2, "refused": 3}
    assert [problem["line"] for problem in import_.problems] == [3, 4, 5]


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters_are_recognised_by_the_header(topic, delimiter):
    content = file(line("ana@example.org", topic, delimiter), header=HEADER.replace(",", delimiter))

    assert apply(content).counts["new"] == 1


def test_the_header_may_be_written_like_a_person_writes(topic):
    header = " Address ,NAME,Language,country,Topic,Channel,Consent Method,consent-time,Consent source,EVIDENCE"

    assert apply(file(line("ana@example.org", topic), header=header, encoding="utf-8-sig")).counts["new"] == 1


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"address,name\n", "columns are missing: topic, channel, consent_method"),
        (HEADER.encode() + b",shoe size\n", "not known: shoe_size"),
        (HEADER.encode() + b",name\n", "appear twice: name"),
        (b"," * 200 + b"\n", "names 201 columns"),
        (HEADER.encode() + b"\n\xe9,a\n", "Line 2 is not UTF-8"),
        (HEADER.encode("utf-16"), "Line 1 is not UTF-8"),
        (HEADER.encode() + b"\na\0b,c\n", "Line 2 holds NUL"),
        (HEADER.encode() + b'\na,b\n"open,c\nd,e\n', "opened in line 3 and never closed"),
        (HEADER.encode() + b'\n"open' + b"\nx" * 5000, "opened in line 2 and never closed"),
        (HEADER.encode() + b"\n" + b"x" * 5_000_000, "Line 2 is longer than 64 KB"),
        (b"PK\x03\x04" + b"x" * 100, "a spreadsheet, an archive"),
        (b"\x1f\x8b\x08\x00", "a spreadsheet, an archive"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused_whole(db, content, sentence):
    import_ = imports.dry_run(io.BytesIO(content), name="people.csv")

    assert import_.status == Status.REFUSED
    assert sentence in sentences(import_)
    assert not import_.file
    with pytest.raises(NotAllowed, match="refused"):
        imports.start(import_)


def test_a_file_beyond_the_limit_is_refused_unread(db, settings):
    settings.IMPORT_MOST_BYTES = 1_000_000

    with pytest.raises(Unreadable, match="larger than 1 MB"):
        imports.dry_run(io.BytesIO(b"x" * 1_000_001), name="people.csv")


class Killed(BaseException):
    """What kill -9 looks like from inside."""


def test_a_killed_import_goes_on_where_it_stopped(topic, settings, monkeypatch):
    settings.IMPORT_CHUNK = 10
    lines = [line(f"person{number}@example.org", topic) for number in range(35)]
    started = imports.start(imports.dry_run(file(*lines, lines[0]), name="people.csv"))
    monkeypatch.setattr("time.sleep", _dies_the_second_time())

    with pytest.raises(Killed):
        imports.apply(started)
    monkeypatch.undo()
    half = ConsentEvent.objects.count()
    import_ = imports.apply(started)

    assert half == 20
    assert only(import_, "new", "repeated") == {"new": 35, "repeated": 1}
    assert (ConsentEvent.objects.count(), Contact.objects.count()) == (35, 35)
    assert import_.status == Status.APPLIED


def _dies_the_second_time():
    breaths = iter([None, Killed()])

    def sleep(seconds):
        if death := next(breaths):
            raise death

    return sleep


def test_two_workers_on_one_import_do_each_line_once(topic):
    lines = [line(f"person{number}@example.org", topic) for number in range(5)]
    started = imports.start(imports.dry_run(file(*lines), name="people.csv"))

    imports.apply(started)
    late = imports.apply(started)

    assert late.status == Status.APPLIED
    assert late.counts["new"] == ConsentEvent.objects.count() == 5


def test_an_import_nobody_moves_on_is_found(topic, time_machine):
    started = imports.start(imports.dry_run(file(line("ana@example.org", topic)), name="people.csv"))

    assert imports.stalled() == []
    time_machine.move_to(timezone.now() + timedelta(minutes=2))
    assert imports.stalled() == [started.pk]


def test_the_file_is_let_go_once_it_is_applied(topic, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        checked = imports.dry_run(file(line("ana@example.org", topic)), name="people.csv")
        applied = imports.apply(imports.start(checked))

    assert not applied.file
    assert not checked.file.storage.exists(f"imports/{checked.digest}.csv")


def test_a_file_that_changed_since_it_was_checked_is_not_applied(topic):
    checked = imports.dry_run(file(line("ana@example.org", topic)), name="people.csv")
    with checked.file.storage.open(checked.file.name, "ab") as stored:
        stored.write(line("bo@example.org", topic).encode())

    import_ = imports.apply(imports.start(checked))

    assert import_.status == Status.REFUSED
    assert "not the one that was checked" in sentences(import_)
    assert not Contact.objects.exists()


def test_only_so_many_problems_are_listed_and_the_rest_counted(topic):
    import_ = imports.dry_run(file(*["nonsense"] * 1_010), name="people.csv")

    assert len(import_.problems) == 1_000
    assert import_.counts["problems_left_out"] == 10
