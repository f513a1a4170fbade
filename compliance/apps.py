from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ComplianceConfig(AppConfig):
    name = "compliance"
    verbose_name = _("Compliance")

    def ready(self) -> None:
        """Give the roles their permissions after every migrate; compliance migrates after the apps below it."""
        from compliance.roles import apply_roles  # noqa: PLC0415 models can be imported only once all apps are ready

        post_migrate.connect(apply_roles, sender=self)
