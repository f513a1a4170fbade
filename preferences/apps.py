from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PreferencesConfig(AppConfig):
    name = "preferences"
    verbose_name = _("Contacts and consent")

    def ready(self) -> None:
        """Listen to the mail that email providers take for us; Anymail tells it by a signal of its own."""
        import_module("preferences.inbound.anymail_receiver")
