"""The Merkle tables, which refuse UPDATE and DELETE like the ledger they seal."""

import django.db.models.deletion
from django.db import migrations, models

TABLES = ["preferences_ledgerleaf", "preferences_checkpoint"]
REFUSAL = "rows of {table} are facts and are never changed or removed"


def protect(apps, schema_editor):
    for table in TABLES:
        for statement in PROTECT[schema_editor.connection.vendor](table):
            schema_editor.execute(statement, params=None)


def release(apps, schema_editor):
    for table in TABLES:
        for statement in RELEASE[schema_editor.connection.vendor](table):
            schema_editor.execute(statement, params=None)


def sqlite_protect(table):
    message = REFUSAL.format(table=table)
    return [
        f"CREATE TRIGGER {table}_no_{verb} BEFORE {verb.upper()} ON {table} BEGIN SELECT RAISE(ABORT, '{message}'); END"
        for verb in ("update", "delete")
    ]


def postgresql_protect(table):
    message = REFUSAL.format(table=table)
    return [
        f"""CREATE OR REPLACE FUNCTION {table}_refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{message}'; END $$""",
        f"""CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
            FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()""",
    ]


PROTECT = {"sqlite": sqlite_protect, "postgresql": postgresql_protect}
RELEASE = {
    "sqlite": lambda table: [f"DROP TRIGGER {table}_no_{verb}" for verb in ("update", "delete")],
    "postgresql": lambda table: [
        f"DROP TRIGGER {table}_append_only ON {table}",
        f"DROP FUNCTION {table}_refuse()",
    ],
}


class Migration(migrations.Migration):
    dependencies = [("preferences", "0004_import_advanced_at")]
    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="events sealed")),
                ("root", models.CharField(max_length=64, verbose_name="root")),
                ("frontier", models.JSONField(editable=False)),
                ("note", models.TextField(verbose_name="signed note")),
                ("sealed_at", models.DateTimeField(auto_now_add=True, verbose_name="sealed")),
            ],
            options={
                "verbose_name": "checkpoint",
                "verbose_name_plural": "checkpoints",
                "ordering": ["-size"],
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="LedgerLeaf",
            fields=[
                ("index", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="place in the tree")),
                ("digest", models.CharField(max_length=64, verbose_name="hash")),
                (
                    "event",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="leaf",
                        to="preferences.consentevent",
                    ),
                ),
            ],
            options={
                "verbose_name": "ledger leaf",
                "verbose_name_plural": "ledger leaves",
                "ordering": ["index"],
                "base_manager_name": "objects",
            },
        ),
        migrations.RunPython(protect, release),
    ]
