"""The roles as the migration makes them. Transactional tests empty the tables, and the groups with them."""

from importlib import import_module
from types import SimpleNamespace

from django.apps import apps
from django.contrib.auth.models import Group
from django.db import connection

from tests import factories

migration = import_module("compliance.migrations.0003_roles")
SCHEMA_EDITOR = SimpleNamespace(connection=connection)


def make() -> None:
    """Every role, whether the tables were emptied before or not."""
    migration.make(apps, SCHEMA_EDITOR)


def at_hand() -> None:
    """Every role, made anew only where the tables were emptied."""
    if not Group.objects.exists():
        make()


def colleague(role: str, **person):
    """A colleague with this one role."""
    at_hand()
    user = factories.UserFactory(**person)
    user.groups.add(Group.objects.get(name=role))
    return user
