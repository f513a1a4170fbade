"""The back office upstairs: policies, their reviews, and everything we hold about a person."""

from compliance.admin.dossier import PersonAdmin
from compliance.admin.forecasts import ForecastAdmin
from compliance.admin.never_signed_up import LeaveReasonAdmin
from compliance.admin.policies import PolicyDocumentAdmin, PolicyReviewAdmin, PolicyVersionAdmin, ReviewReminderAdmin
from compliance.admin.processors import ProcessorAdmin
from compliance.admin.requests import SubjectRequestAdmin

__all__ = ["LeaveReasonAdmin", "PersonAdmin", "PolicyDocumentAdmin", "PolicyReviewAdmin", "PolicyVersionAdmin"]
__all__ += ["ForecastAdmin", "ProcessorAdmin", "ReviewReminderAdmin", "SubjectRequestAdmin"]
