"""The shipped rulebook becomes rows, once: later changes are proposed by one person and published by another."""

import hashlib
import json
import tomllib
from pathlib import Path

from django.db import migrations

RULEBOOK = Path(__file__).parents[1] / "rulebook" / "law"
SAID = ["jurisdiction", "jurisdiction_name", "channel", "purpose", "effective_from", "effective_to", "figures"]


def load(apps, schema_editor):
    rows = apps.get_model("preferences", "Rule").objects.using(schema_editor.connection.alias)
    if rows.exists():
        return
    for path in sorted(RULEBOOK.glob("*.toml")):
        book = tomllib.loads(path.read_text("utf-8"))
        rows.bulk_create(rows.model(**rule) for rule in versions(book))


def versions(book):
    """The rules of one file with their version numbers; a version that inherits starts from the one before."""
    before = {}
    for entry in sorted(book["rules"], key=lambda entry: (entry["id"], entry["effective_from"])):
        last = before.get(entry["id"])
        inherited = last["figures"] if last and entry.get("inherits") else {}
        rule = before[entry["id"]] = {
            "name": entry["id"],
            "version": last["version"] + 1 if last else 1,
            "jurisdiction": book["jurisdiction"],
            "jurisdiction_name": book["name"],
            "channel": entry["channel"],
            "purpose": entry["purpose"],
            "effective_from": entry["effective_from"],
            "effective_to": entry.get("effective_to"),
            "summary": entry["summary"],
            "figures": {**inherited, **entry.get("figures", {})},
            "reviewed_on": book["reviewed_on"],
            "reviewed_by": book["reviewed_by"],
        }
        yield {**rule, "digest": digest(rule)}


def digest(rule):
    said = json.dumps([rule[name] for name in SAID], sort_keys=True, default=str)
    return hashlib.sha256(said.encode()).hexdigest()


class Migration(migrations.Migration):
    dependencies = [("preferences", "0002_append_only")]
    # Going back leaves the rows alone: they are facts, and go with their table.
    operations = [migrations.RunPython(load, migrations.RunPython.noop)]
