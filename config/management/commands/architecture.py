"""Draw the packages and their imports anew, after a package was added or an import changed."""

from typing import Any

from django.core.management.base import BaseCommand

from config import architecture


class Command(BaseCommand):
    help = "Draws the packages of the apps and their imports into docs/images/architecture.svg."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        path = architecture.ROOT / "docs" / "images" / "architecture.svg"
        path.write_text(architecture.picture(), "utf-8")
        self.stdout.write(f"Written: {path.relative_to(architecture.ROOT)}")
