from django.apps import AppConfig
from django.core.checks import Tags, register

from config import checks


class StreetDoorConfig(AppConfig):
    name = "config"
    verbose_name = "Sayso"

    def ready(self) -> None:
        register(checks.demo_stays_at_home, Tags.security)
        register(checks.the_profile_is_known)
        register(checks.ways_out_by_mail_are_whole)
        register(checks.acknowledged_is_kept, Tags.database)
