"""Three apps, one direction: for foreign keys; and packages that stay small enough to find a module in.

The direction of imports is held by the contracts in pyproject.toml (`lint-imports`).
"""

from collections import Counter
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

APPS = ["preferences", "campaigns", "compliance"]
ROOT = Path(__file__).resolve().parents[1]
MOST_MODULES = 15
# Django looks for admin pages and models in these; config/__init__.py makes Celery's tasks find their application.
FILLED = {"preferences/admin", "preferences/models", "campaigns/admin", "campaigns/models"}
FILLED |= {"compliance/admin", "compliance/models", "config"}


def foreign_keys():
    return [
        pytest.param(model, field, id=f"{model._meta.label}.{field.name}")
        for model in apps.get_models()
        if model._meta.app_label in APPS
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey | models.ManyToManyField)
    ]


@pytest.mark.parametrize(("model", "field"), foreign_keys())
def test_every_foreign_key_points_to_the_same_app_or_down(model, field):
    app = APPS.index(model._meta.app_label)

    target = field.related_model._meta.app_label

    assert target in [*APPS[: app + 1], "auth"]


@pytest.mark.parametrize(("model", "field"), foreign_keys())
def test_facts_are_never_deleted_along_with_what_they_point_to(model, field):
    on_delete = getattr(field.remote_field, "on_delete", None)

    assert on_delete in [models.PROTECT, None] or "istorical" in model.__name__ or field.many_to_many or _through(model)


def _through(model):
    return model._meta.auto_created


def modules():
    files = [path for app in [*APPS, "config", "tests"] for path in (ROOT / app).rglob("*.py")]
    return [path.relative_to(ROOT) for path in files if "migrations" not in path.parts]


def test_no_folder_holds_more_modules_than_one_can_look_over():
    sizes = Counter(str(path.parent) for path in modules() if path.name != "__init__.py")

    assert {folder: size for folder, size in sizes.items() if size > MOST_MODULES} == {}


def test_packages_export_nothing_of_their_own():
    inits = [path for path in modules() if path.name == "__init__.py" and path.parts[0] in [*APPS, "config"]]
    filled = {str(path.parent) for path in inits if "import" in (ROOT / path).read_text("utf-8")}

    assert filled == FILLED
