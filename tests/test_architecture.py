"""Three floors, one direction: for imports, and for foreign keys."""

import pytest
from django.apps import apps
from django.db import models

FLOORS = ["preferences", "campaigns", "compliance"]


def foreign_keys():
    return [
        pytest.param(model, field, id=f"{model._meta.label}.{field.name}")
        for model in apps.get_models()
        if model._meta.app_label in FLOORS
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
    ]


@pytest.mark.parametrize(("model", "field"), foreign_keys())
def test_every_foreign_key_points_to_the_same_floor_or_down(model, field):
    floor = FLOORS.index(model._meta.app_label)

    target = field.related_model._meta.app_label

    assert target in [*FLOORS[: floor + 1], "auth"]


@pytest.mark.parametrize(("model", "field"), foreign_keys())
def test_facts_are_never_deleted_along_with_what_they_point_to(model, field):
    on_delete = getattr(field.remote_field, "on_delete", None)

    assert on_delete in [models.PROTECT, None] or "istorical" in model.__name__ or field.many_to_many or _through(model)


def _through(model):
    return model._meta.auto_created
