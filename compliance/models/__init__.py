"""The models of compliance."""

from compliance.models.contact_records import ContactRecord
from compliance.models.forecasts import Forecast
from compliance.models.policies import PolicyDocument, PolicyReview, PolicyVersion, ReminderOutcome, ReviewReminder
from compliance.models.processors import Processor
from compliance.models.subject_requests import SubjectRequest

__all__ = [
    "ContactRecord",
    "Forecast",
    "PolicyDocument",
    "PolicyReview",
    "PolicyVersion",
    "Processor",
    "ReminderOutcome",
    "ReviewReminder",
    "SubjectRequest",
]
