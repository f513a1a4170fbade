"""The scheduled tasks for imports."""

from celery import shared_task
from django.db import transaction

from preferences.imports import service as imports
from preferences.models import Import


def enqueue_import(import_: Import) -> None:
    """Called after an import was started. If the broker is down, the next look for stalled ones applies it."""

    def wake() -> None:
        apply_import.delay(import_.pk)

    transaction.on_commit(wake, robust=True)


@shared_task(name="preferences.imports.tasks.apply_import", acks_late=True, reject_on_worker_lost=True)
def apply_import(import_id: int) -> None:
    imports.apply(Import.objects.get(pk=import_id))


@shared_task(name="preferences.imports.tasks.resume_imports")
def resume_imports() -> None:
    """Go on with what a lost worker left."""
    for import_id in imports.stalled_import_ids():
        apply_import.delay(import_id)
