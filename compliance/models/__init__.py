"""The nouns of the office upstairs."""

from compliance.models.policies import PolicyDocument, PolicyReview, PolicyVersion, ReviewReminder

__all__ = ["PolicyDocument", "PolicyReview", "PolicyVersion", "ReviewReminder"]
