"""Rows that are written once. Python refuses here, and a trigger on each table refuses raw SQL."""

from typing import Any, NoReturn, TypeVar

from django.db import models

from preferences.errors import NotAllowed

Fact = TypeVar("Fact", bound=models.Model, covariant=True)


class AppendOnlyQuerySet(models.QuerySet[Fact]):
    """Adds and reads; never changes or removes."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise NotAllowed(f"{self.model.__name__} rows are facts: add a new one instead of changing one.")

    def delete(self) -> NoReturn:
        raise NotAllowed(f"{self.model.__name__} rows are facts: they are never removed.")


class AppendOnly(models.Model):
    """A fact: saved once, then only read."""

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise NotAllowed(f"{type(self).__name__} rows are facts: add a new one instead of changing one.")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise NotAllowed(f"{type(self).__name__} rows are facts: they are never removed.")
