"""Colleagues with a role. Transactional tests empty the tables, and the groups with them."""

from django.contrib.auth.models import Group

from compliance.roles import apply_roles
from tests import factories


def at_hand() -> None:
    """Every role, made anew only where the tables were emptied."""
    if not Group.objects.exists():
        apply_roles()


def colleague(role: str, **person):
    """A colleague with this one role."""
    at_hand()
    user = factories.UserFactory(**person)
    user.groups.add(Group.objects.get(name=role))
    return user
