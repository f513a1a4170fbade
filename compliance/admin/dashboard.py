"""The first page of the admin begins with what needs attention."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.urls import reverse

from compliance import work_queue
from preferences.admin.base import staff_user


def dashboard_context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Called for the admin's index: one line per concern, each leading to its list."""
    concerns = work_queue.work_items(staff_user(request))
    return {
        **context,
        "concerns": [_work_item_line(concern) for concern in concerns if admin.site.is_registered(concern.model)],
    }


def _work_item_line(concern: work_queue.WorkItem) -> dict[str, Any]:
    meta = concern.model._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist", query=concern.query)
    return {"what": concern.what, "count": concern.count, "grave": concern.grave, "url": url}
