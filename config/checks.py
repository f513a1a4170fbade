"""What must be true of the settings before Sayso starts."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error


def demo_stays_at_home(**kwargs: Any) -> list[CheckMessage]:
    """The post room shows everybody's mail, so it may not run where the cookies say production."""
    if not settings.SESSION_COOKIE_SECURE or not (settings.DEMO or apps.is_installed("config.demo")):
        return []
    hint = "Take config.demo out of INSTALLED_APPS and leave DEMO off."
    return [Error("The demo's post room is switched on in production.", hint=hint, id="sayso.E001")]
