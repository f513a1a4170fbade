from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CampaignsConfig(AppConfig):
    name = "campaigns"
    verbose_name = _("Campaigns")

    def ready(self) -> None:
        """Listen to what email providers report; Anymail tells it by a signal of its own."""
        import_module("campaigns.sending.anymail_receiver")
