"""Importing from a browser: upload, read the report, apply, watch it, take the problems away."""

import csv
import io

import pytest
from django.conf import settings as sayso_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from config.celery import app
from preferences import csv_export
from preferences.imports import service as imports
from preferences.imports import tasks
from preferences.models import Address, Import
from tests import roles
from tests.preferences.imports.contact_files import file, line

Status = Import.Status


def upload(client, content, name="people.csv"):
    place = reverse("admin:preferences_import_add")
    return client.post(place, {"file": SimpleUploadedFile(name, content.read())}, follow=True)


def test_an_uploaded_file_is_checked_and_shows_what_it_would_do(administrator, topic):
    shown = upload(administrator, file(line("ana@example.org", topic), "nonsense")).content.decode()

    assert "Nothing was changed yet" in shown
    assert "This line has 1 fields" in shown
    assert Import.objects.get().by == administrator.colleague
    assert not Address.objects.exists()


def test_apply_is_a_button_and_the_worker_does_it(administrator, topic):
    upload(administrator, file(line("ana@example.org", topic)))
    import_ = Import.objects.get()

    answer = administrator.post(reverse("admin:preferences_import_apply", args=[import_.pk]), follow=True)

    assert "Being applied" in answer.content.decode()
    tasks.apply_import(import_.pk)

    shown = administrator.get(reverse("admin:preferences_import_change", args=[import_.pk])).content.decode()
    assert "The proof is in the ledger now" in shown
    assert Address.objects.get().events.get().by == administrator.colleague


def test_looking_never_applies(administrator, topic):
    upload(administrator, file(line("ana@example.org", topic)))
    import_ = Import.objects.get()

    assert administrator.get(reverse("admin:preferences_import_apply", args=[import_.pk])).status_code == 403
    assert Import.objects.get().status == Status.CHECKED


def test_a_refused_file_says_why_and_offers_no_apply(administrator, db):
    shown = upload(administrator, io.BytesIO(b"PK\x03\x04rest")).content.decode()

    assert "a spreadsheet, an archive or a document" in shown
    assert reverse("admin:preferences_import_apply", args=[Import.objects.get().pk]) not in shown


def test_a_file_too_large_for_a_page_is_sent_to_the_command(administrator, settings):
    settings.IMPORT_UPLOAD_BYTES = 10

    assert "manage.py import_contacts" in upload(administrator, io.BytesIO(b"x" * 11)).content.decode()
    assert not Import.objects.exists()


@pytest.mark.parametrize("role", ["support", "author", "auditor"])
def test_only_those_who_may_import_see_the_form(db, client, role):
    client.force_login(roles.colleague(role))

    assert client.get(reverse("admin:preferences_import_add")).status_code == 403


def test_an_auditor_reads_the_report_and_cannot_apply(client, topic):
    import_ = imports.dry_run(file(line("ana@example.org", topic)), name="people.csv")
    client.force_login(roles.colleague("auditor"))

    assert client.get(reverse("admin:preferences_import_change", args=[import_.pk])).status_code == 200
    assert client.post(reverse("admin:preferences_import_apply", args=[import_.pk])).status_code == 403


def test_the_problems_are_a_table_to_take_away(administrator, topic):
    import_ = imports.dry_run(file("nonsense", line("ana@example.org", topic, evidence="")), name="=people.csv")

    answer = administrator.get(reverse("admin:preferences_import_problems", args=[import_.pk]))

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row[0] for row in rows] == ["line", "2", "3"]
    assert answer["Content-Disposition"] == f'attachment; filename="import-{import_.pk}-problems.csv"'


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\0=1", "＝1", " =1", "'=1", "\n=1"])
def test_what_looks_like_a_formula_stays_text(cell):
    written = csv_export.escape_formula(cell)

    assert written.startswith("'")
    assert written[1:] == cell


@pytest.fixture
def _at_once():
    """Tasks run where they are enqueued."""
    app.conf.task_always_eager = True
    yield
    app.conf.task_always_eager = False


@pytest.mark.usefixtures("_at_once")
def test_an_import_with_a_lost_worker_is_woken_and_finished(topic, time_machine):
    started = imports.start(imports.dry_run(file(line("ana@example.org", topic)), name="people.csv"))
    time_machine.move_to(started.advanced_at + 2 * imports.STALLED_AFTER)

    tasks.resume_imports()

    assert Import.objects.get().status == Status.APPLIED


def test_the_schedule_names_a_task_that_the_worker_knows():
    app.loader.import_default_modules()

    assert sayso_settings.CELERY_BEAT_SCHEDULE["resume stalled imports"]["task"] in app.tasks


def test_a_dead_broker_costs_an_import_nothing(administrator, topic, broken_broker, django_capture_on_commit_callbacks):
    upload(administrator, file(line("ana@example.org", topic)))
    import_ = Import.objects.get()

    with django_capture_on_commit_callbacks(execute=True):
        answer = administrator.post(reverse("admin:preferences_import_apply", args=[import_.pk]))

    assert answer.status_code == 302
    assert Import.objects.get().status == Status.APPLYING
