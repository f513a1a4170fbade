"""The doors on the clock for imports."""

from celery import shared_task

from preferences import imports
from preferences.models import Import


@shared_task(name="preferences.import_tasks.apply_import", acks_late=True, reject_on_worker_lost=True)
def apply_import(import_id: int) -> None:
    imports.apply(Import.objects.get(pk=import_id))


@shared_task(name="preferences.import_tasks.resume_imports")
def resume_imports() -> None:
    """Go on with what a lost worker left."""
    for import_id in imports.stalled():
        apply_import.delay(import_id)
