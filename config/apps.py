from django.apps import AppConfig

from config import checks


class StreetDoorConfig(AppConfig):
    name = "config"
    verbose_name = "Sayso"

    def ready(self) -> None:
        assert checks.demo_stays_at_home  # importing the module registers its checks
