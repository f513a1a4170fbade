"""Days in the words and the time zone of the person a page is for."""

from datetime import datetime

from django import template

from preferences import moments
from preferences.models import Contact

register = template.Library()


@register.filter
def day_for(moment: datetime, contact: Contact) -> str:
    return moments.day(moment, contact)
