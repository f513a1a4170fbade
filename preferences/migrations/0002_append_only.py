"""The ledger, the notices and all histories refuse UPDATE and DELETE in the database itself.

The value of an address is fixed too: consent is given for it. Erasing, which empties it, is the one way out.
"""

from django.db import migrations

FACTS = [
    "preferences_consentevent",
    "preferences_notice",
    "preferences_consentformversion",
    "preferences_ledgerleaf",
    "preferences_checkpoint",
    "preferences_receipt",
    "preferences_rule",
    "preferences_appliedrules",
]
HISTORIES = [
    "preferences_historicaladdress",
    "preferences_historicalconsentform",
    "preferences_historicalcontact",
    "preferences_historicalfrequencycap",
    "preferences_historicalruleproposal",
    "preferences_historicalsender",
    "preferences_historicalsubscription",
    "preferences_historicalsuppression",
    "preferences_historicaltopic",
]
REFUSAL = "rows of {table} are facts and are never changed or removed"
VALUE_CHANGED = """(NEW.value <> OLD.value AND NEW.value <> '')
    OR (NEW.normal_form <> OLD.normal_form) OR NEW.channel <> OLD.channel OR NEW.contact_id <> OLD.contact_id"""
VALUE_REFUSAL = "the value of an address never changes: add a new address"


def protect(apps, schema_editor):
    for table in FACTS + HISTORIES:
        for statement in PROTECT[schema_editor.connection.vendor](table):
            schema_editor.execute(statement, params=None)
    for statement in FIX_VALUE[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def release(apps, schema_editor):
    for statement in UNFIX_VALUE[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)
    for table in FACTS + HISTORIES:
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
FIX_VALUE = {
    "sqlite": [
        f"""CREATE TRIGGER preferences_address_value_is_fixed BEFORE UPDATE ON preferences_address
            WHEN {VALUE_CHANGED} BEGIN SELECT RAISE(ABORT, '{VALUE_REFUSAL}'); END"""
    ],
    "postgresql": [
        f"""CREATE OR REPLACE FUNCTION preferences_address_refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN IF {VALUE_CHANGED} THEN RAISE EXCEPTION '{VALUE_REFUSAL}'; END IF; RETURN NEW; END $$""",
        """CREATE TRIGGER preferences_address_value_is_fixed BEFORE UPDATE ON preferences_address
            FOR EACH ROW EXECUTE FUNCTION preferences_address_refuse()""",
    ],
}
UNFIX_VALUE = {
    "sqlite": ["DROP TRIGGER preferences_address_value_is_fixed"],
    "postgresql": [
        "DROP TRIGGER preferences_address_value_is_fixed ON preferences_address",
        "DROP FUNCTION preferences_address_refuse()",
    ],
}


class Migration(migrations.Migration):
    dependencies = [("preferences", "0001_initial")]
    operations = [migrations.RunPython(protect, release)]
