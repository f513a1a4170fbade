"""Colleagues: deactivated, never deleted, and none above the rest."""

from django.contrib.auth.models import User
from django.urls import reverse

from tests import factories


def test_colleagues_are_deactivated_and_never_deleted(administrator):
    other = factories.UserFactory()

    answer = administrator.post(reverse("admin:auth_user_delete", args=[other.pk]), {"post": "yes"})

    assert answer.status_code == 403
    assert administrator.get(reverse("admin:auth_user_change", args=[other.pk])).status_code == 200
    assert administrator.get(reverse("admin:auth_user_history", args=[other.pk])).status_code == 200


def test_an_administrator_makes_nobody_a_superuser(administrator):
    other = factories.UserFactory(username="other")
    superuser = User.objects.create_superuser("root", password="not a real secret")
    said = {"username": "other", "is_active": "on", "is_staff": "on", "is_superuser": "on"}

    administrator.post(reverse("admin:auth_user_change", args=[other.pk]), said)
    answer = administrator.post(reverse("admin:auth_user_change", args=[superuser.pk]), {"username": "mine"})

    other.refresh_from_db()
    assert not other.is_superuser
    assert answer.status_code == 403
