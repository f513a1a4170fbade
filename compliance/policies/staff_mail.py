"""Letters of the office to staff: composed here, handed over by whoever calls."""

from email.utils import parseaddr

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse

from compliance.models import ReviewReminder
from preferences.channels import email
from preferences.channels.email import Mail


def compose_review_reminder(reminder: ReviewReminder, *, days_left: int) -> Mail:
    """A policy is due for reading. Raises Unreadable when the colleague has no usable address."""
    review = reminder.review
    facts = {
        "reminder": reminder,
        "review": review,
        "policy": review.document,
        "is_owner": reminder.to_id == review.document.owner_id,
        "days_left": days_left,
        "days_late": -days_left,
        "url": settings.BASE_URL + reverse("admin:compliance_policyreview_change", args=[review.pk]),
    }
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return email.build(
        from_name=name,
        from_email=address,
        reply_to="",
        to=reminder.to.email,
        subject=_html_page("subject.txt", facts).strip(),
        text=_html_page("txt", facts),
        html=_html_page("html", facts),
        message_id=f"review-reminder-{reminder.pk}@{address.rpartition('@')[2]}",
        headers={"Auto-Submitted": "auto-generated"},
    )


def _html_page(ending: str, facts: dict[str, object]) -> str:
    return render_to_string(f"compliance/policies/review_reminder.{ending}", facts)
