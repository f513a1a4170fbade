import environ
import pytest
from django.core.exceptions import ImproperlyConfigured

from config.settings import keys


def environment(values):
    """An environment that holds these values and nothing else."""
    env = environ.Env()
    env.ENVIRON = dict(values)
    return env


def test_a_fresh_set_of_secrets_is_good_enough():
    fresh = keys.make_secrets()

    assert keys.read_secrets(environment(fresh)) == fresh


@pytest.mark.parametrize("name", keys.NAMES)
def test_each_secret_that_is_missing_is_named_with_what_to_do(name):
    values = keys.make_secrets()
    del values[name]

    with pytest.raises(ImproperlyConfigured, match=f"{name} is not set: it .* Make one with `python3 dev.py keys`"):
        keys.read_secrets(environment(values))


@pytest.mark.parametrize("weak", ["short", "x" * 64, "abcabcabc" * 10])
def test_a_weak_secret_stops_the_start_with_a_sentence(weak):
    values = keys.make_secrets() | {"LINK_KEY_UNSUBSCRIBE": weak}

    with pytest.raises(ImproperlyConfigured, match="LINK_KEY_UNSUBSCRIBE is too weak"):
        keys.read_secrets(environment(values))


def test_two_secrets_may_not_be_the_same():
    values = keys.make_secrets()
    values["LINK_KEY_SECURE"] = values["LINK_KEY_PREFERENCES"]

    with pytest.raises(ImproperlyConfigured, match="Two secrets have the same value"):
        keys.read_secrets(environment(values))


def test_the_secrets_of_a_machine_are_made_once_and_readable_by_its_owner_alone(tmp_path):
    path = keys.ensure_file(tmp_path / "var" / "keys.env")
    first = path.read_text()
    keys.ensure_file(path)

    assert path.read_text() == first
    assert path.stat().st_mode & 0o077 == 0
