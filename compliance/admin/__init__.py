"""The back office upstairs: policies, their reviews, and everything we hold about a person."""

from compliance.admin.dossier import PersonAdmin
from compliance.admin.policies import PolicyDocumentAdmin, PolicyReviewAdmin, PolicyVersionAdmin, ReviewReminderAdmin

__all__ = ["PersonAdmin", "PolicyDocumentAdmin", "PolicyReviewAdmin", "PolicyVersionAdmin", "ReviewReminderAdmin"]
