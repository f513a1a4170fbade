"""The nouns of the office upstairs."""

from compliance.models.people import Person
from compliance.models.policies import PolicyDocument, PolicyReview, PolicyVersion, ReminderOutcome, ReviewReminder

__all__ = ["Person", "PolicyDocument", "PolicyReview", "PolicyVersion", "ReminderOutcome", "ReviewReminder"]
