from django.apps import AppConfig
from django.core.checks import Tags, register

from config import checks


class ProjectConfig(AppConfig):
    name = "config"
    verbose_name = "Sayso"

    def ready(self) -> None:
        register(checks.demo_is_not_production, Tags.security)
        register(checks.rule_profile_is_known)
        register(checks.unsubscribe_mailto_fits)
        register(checks.commits_are_durable, Tags.database)
