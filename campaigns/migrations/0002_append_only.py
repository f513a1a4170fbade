"""Delivery events and the history of campaigns refuse UPDATE and DELETE in the database itself."""

from django.db import migrations

TABLES = [
    "campaigns_deliveryevent",
    "campaigns_historicalcampaign",
    "campaigns_historicalemergencystop",
    "campaigns_lintoverride",
]
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
    dependencies = [("campaigns", "0001_initial")]
    operations = [migrations.RunPython(protect, release)]
