"""Where in its life each version of a rule is on a day: to come, in force, ended, or replaced by a later one."""

from datetime import date
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from preferences.models import Rule

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

UPCOMING, IN_FORCE, ENDED, REPLACED = "to_come", "in_force", "ended", "replaced"
STATES = {
    IN_FORCE: _("In force now"),
    UPCOMING: _("Not yet in force"),
    ENDED: _("Ended"),
    REPLACED: _("Replaced"),
}


class WithState(TypedDict):
    """The state, as the database worked it out."""

    state: str


def with_state(rows: QuerySet[Rule], day: date) -> "QuerySet[WithAnnotations[Rule, WithState]]":
    """The same rows, each with its `state` on that day; the same answer as rules.Book.in_force gives."""
    begun = Q(name=OuterRef("name"), effective_from__lte=day)
    after = Q(effective_from__gt=OuterRef("effective_from")) | Q(
        effective_from=OuterRef("effective_from"), version__gt=OuterRef("version")
    )
    return rows.annotate(
        state=Case(
            When(effective_from__gt=day, then=Value(UPCOMING)),
            When(Exists(Rule.objects.filter(begun, after)), then=Value(REPLACED)),
            When(effective_to__lt=day, then=Value(ENDED)),
            default=Value(IN_FORCE),
        )
    ).order_by("jurisdiction", "name", F("version").desc())
