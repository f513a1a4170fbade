"""Each source has every label, and its word goes as far as its row says."""

import pytest
from django.utils import translation

from preferences.models import NOT_SAID_TO_US, OWN_ACTS, RECORDED_BY_STAFF, ConsentEvent, Source, SourceKind

PEOPLE_READ = ("place", "actor", "change_actor", "staff_actor")


@pytest.mark.parametrize("source", Source)
@pytest.mark.parametrize("part", PEOPLE_READ)
def test_each_source_is_told_to_the_person_and_to_staff(source, part):
    assert str(getattr(source.traits, part))


@pytest.mark.parametrize("source", Source)
def test_each_source_is_a_party_of_the_receipt_standard(source):
    assert source.traits.receipt_entity.startswith("pii-")


@pytest.mark.parametrize("source", Source)
@pytest.mark.parametrize("part", ["place", "actor", "change_actor"])
def test_each_label_is_told_in_the_language_of_the_reader(source, part):
    english = str(getattr(source.traits, part))

    with translation.override("de"):
        assert str(getattr(source.traits, part)) != english


@pytest.mark.parametrize("source", sorted(NOT_SAID_TO_US | RECORDED_BY_STAFF))
def test_what_the_person_did_not_do_here_is_never_told_as_theirs(source):
    assert str(source.traits.actor) != "you"
    assert source.traits.receipt_entity != "pii-principal"
    assert not source.traits.proves_holder


@pytest.mark.parametrize("kind", SourceKind)
def test_each_kind_of_source_has_a_source(kind):
    assert Source.of_kind(kind)


def test_only_the_holder_of_an_address_can_undo_their_own_opt_out():
    assert set(OWN_ACTS) == {"confirm", "preferences", "text", "undo"}


def test_the_stored_codes_stand_for_ever():
    stored = "sign_up confirm preferences leave one_click text mail undo staff import provider system"
    assert stored.split() == Source.values
    assert [code for code, _label in ConsentEvent._meta.get_field("source").choices] == Source.values
