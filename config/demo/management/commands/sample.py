"""Add the sample data and the staff accounts; say the passwords once."""

from typing import Any

from django.core.management.base import BaseCommand

from config.demo import sample, staff


class Command(BaseCommand):
    help = "Adds sample data and staff accounts where they are missing. Running it twice adds nothing."

    def handle(self, *args: Any, **options: Any) -> None:
        passwords = sample.add_sample_data()
        if not passwords:
            self.stdout.write(f"The staff accounts and their passwords are in {staff.passwords_file()}")
            return
        self.stdout.write(f"\nStaff accounts, also kept in {staff.passwords_file()}:")
        for name, password in passwords.items():
            self.stdout.write(f"  {name:<10} {password}")
