"""What became of a reminder's letter, a fact like the others; and the dossier's permission."""

import django.db.models.deletion
from django.db import migrations, models

TABLE = "compliance_reminderoutcome"
REFUSAL = f"rows of {TABLE} are facts and are never changed or removed"
PROTECT = {
    "sqlite": [
        f"CREATE TRIGGER {TABLE}_no_{verb} BEFORE {verb.upper()} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        for verb in ("update", "delete")
    ],
    "postgresql": [
        f"""CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$""",
        f"""CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {TABLE}
            FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()""",
    ],
}
RELEASE = {
    "sqlite": [f"DROP TRIGGER {TABLE}_no_{verb}" for verb in ("update", "delete")],
    "postgresql": [f"DROP TRIGGER {TABLE}_append_only ON {TABLE}", f"DROP FUNCTION {TABLE}_refuse()"],
}
RESULTS = [
    ("sent", "Sent"),
    ("try_later", "Not sent; tried again at the next run"),
    ("refused", "Refused"),
    ("unknown", "Unknown"),
]


def protect(apps, schema_editor):
    for statement in PROTECT[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


def release(apps, schema_editor):
    for statement in RELEASE[schema_editor.connection.vendor]:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):
    dependencies = [("compliance", "0002_append_only"), ("preferences", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="ReminderOutcome",
            fields=[
                (
                    "reminder",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="outcome",
                        serialize=False,
                        to="compliance.reviewreminder",
                    ),
                ),
                ("result", models.CharField(choices=RESULTS, max_length=10, verbose_name="result")),
                ("detail", models.CharField(blank=True, max_length=300, verbose_name="detail")),
                ("recorded_at", models.DateTimeField(auto_now_add=True, verbose_name="recorded")),
            ],
            options={
                "verbose_name": "reminder outcome",
                "verbose_name_plural": "reminder outcomes",
                "base_manager_name": "objects",
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[],
            options={
                "verbose_name": "dossier",
                "verbose_name_plural": "dossiers",
                "permissions": [("view_dossier", "Can read everything we hold about a person")],
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("preferences.contact",),
        ),
        migrations.RunPython(protect, release),
    ]
