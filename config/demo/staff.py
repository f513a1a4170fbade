"""The demo's staff accounts: made once, their passwords shown once and kept for this machine's owner alone."""

import secrets
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Group, User

ACCOUNTS = {"admin": "Administrator", "author": "Author", "approver": "Approver", "officer": "Compliance officer"}


def add_staff_accounts() -> dict[str, str]:
    """Make the accounts that are missing; returns their passwords by name."""
    missing = [name for name in ACCOUNTS if not User.objects.filter(username=name).exists()]
    passwords = {name: secrets.token_urlsafe(12) for name in missing}
    for name, password in passwords.items():
        _make(name, password)
    if passwords:
        store_passwords(passwords)
    return passwords


def _make(name: str, password: str) -> None:
    user = User.objects.create_user(name, f"{name}@localhost", password, is_staff=True, is_superuser=name == "admin")
    user.groups.set(Group.objects.filter(name__iexact=ACCOUNTS[name]))


def passwords_file() -> Path:
    return Path(settings.DATA) / "staff-passwords.txt"


def store_passwords(passwords: dict[str, str]) -> None:
    """Add these to the file of passwords, which only its owner may read."""
    path = passwords_file()
    path.touch(mode=0o600)
    known = dict(line.split() for line in path.read_text().splitlines() if line)
    path.write_text("".join(f"{name} {password}\n" for name, password in (known | passwords).items()))
