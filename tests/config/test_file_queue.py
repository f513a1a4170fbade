"""The queue of files, as the worker and the pages use it."""

from queue import Empty

import pytest

from config import celery, file_queue


@pytest.fixture
def channel(tmp_path):
    """One process's end of a queue in an empty folder."""
    (tmp_path / "control").mkdir()
    folders = {"data_folder_in": str(tmp_path), "data_folder_out": str(tmp_path)}
    options = {**folders, "control_folder": str(tmp_path / "control")}
    with celery.app.connection_for_write("filesystem://localhost/", transport_options=options) as connection:
        yield connection.default_channel


def test_the_queue_of_files_is_our_own(channel):
    assert isinstance(channel, file_queue.Channel)


def test_what_was_queued_comes_out_once(channel):
    channel._put("sayso", {"task": "wake up", "about": "žluťoučký"})

    assert channel._get("sayso") == {"task": "wake up", "about": "žluťoučký"}
    with pytest.raises(Empty):
        channel._get("sayso")


def test_nobody_sees_a_message_before_it_is_whole(channel, tmp_path):
    (tmp_path / "0_just-being-written.sayso.part").write_text('{"task": "wa')

    assert channel._size("sayso") == 0
    with pytest.raises(Empty):
        channel._get("sayso")


def test_a_message_is_written_aside_and_leaves_nothing_there(channel, tmp_path):
    channel._put("sayso", {"task": "wake up"})

    assert [path.suffix for path in tmp_path.iterdir() if path.is_file()] == [".msg"]


@pytest.mark.parametrize("torn", [b"", b'{"task": "wa', b"\xff\xfe"])
def test_a_torn_file_ends_no_worker_and_the_next_message_comes_out(channel, tmp_path, torn):
    (tmp_path / "0_power-cut.sayso.msg").write_bytes(torn)
    channel._put("sayso", {"task": "wake up"})

    with pytest.raises(Empty):
        channel._get("sayso")
    assert channel._get("sayso") == {"task": "wake up"}
