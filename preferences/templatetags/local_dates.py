"""Days in the words and the time zone of the person a page is for."""

from datetime import datetime

from django import template

from preferences.geo import local_time
from preferences.models import Contact

register = template.Library()


@register.filter
def day_for(moment: datetime, contact: Contact) -> str:
    return local_time.format_day(moment, contact)
