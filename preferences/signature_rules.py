"""Is consent by voice or on paper enough here? The rows of rulebook/signatures.toml, asked in their order."""

import tomllib
from pathlib import Path
from typing import Any

import phonenumbers

from preferences.models import Address, Channel, Topic

ROWS: list[dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("rulebook").joinpath("signatures.toml").read_text("utf-8")
)["refused"]


def refusal(address: Address, topic: Topic, method: str) -> dict[str, Any] | None:
    """The row that forbids taking consent for this topic in this way; None when it may be taken."""
    facts = {
        "method": method,
        "channel": address.channel,
        "purpose": topic.purpose,
        "reveals_health": topic.reveals_health,
    }
    where = countries(address)
    return next((row for row in ROWS if _fits(row, facts, where)), None)


def countries(address: Address) -> set[str]:
    """Where this person may be: what they told us, what their number says, else where the sender writes from."""
    told = {address.contact.country.upper()} - {""}
    if address.channel != Channel.SMS:
        return told
    region = phonenumbers.region_code_for_number(phonenumbers.parse(address.value))
    return told | ({region} if region else set())


def _fits(row: dict[str, Any], facts: dict[str, Any], where: set[str]) -> bool:
    named = all(facts[name] == row[name] for name in facts if name in row)
    return named and ("countries" not in row or bool(where & set(row["countries"])))
