"""The queue of files that needs no broker: Kombu's, made safe for a reader that is quicker than the writer.

Kombu opens a message's file and then fills it. A worker that looks between the two reads nothing, and ends. Here a
file gets its name only when it is whole. What cannot be read all the same, say after a power cut, is left out: it was
to wake a worker up, and the clock finds in the rows what it was about.
"""

import os
import uuid
from pathlib import Path
from queue import Empty
from time import monotonic_ns
from typing import Any

from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """One process's end of the queue."""

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]
        whole = Path(self.data_folder_out) / f"{monotonic_ns() // 1_000_000}_{uuid.uuid4()}.{queue}.msg"
        part = whole.with_suffix(".part")
        part.write_text(dumps(payload), "utf-8")
        os.replace(part, whole)

    def _get(self, queue: str, timeout: float | None = None) -> dict[str, Any]:
        try:
            return super()._get(queue)
        except ValueError as torn:
            raise Empty from torn


class Transport(filesystem.Transport):
    """What BROKER_URL=filesystem://… stands for here."""

    Channel = Channel
