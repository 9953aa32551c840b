from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models import F

ERASURES = ("delete", "cancel_account")


def note_earlier_scans(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What was answered before was scanned just before it was answered."""
    requests = apps.get_model("rights", "PrivacyRequest").objects
    requests.filter(state="answered", kind__in=ERASURES).update(scanned_at=F("answered_at"))


class Migration(migrations.Migration):
    dependencies = [("rights", "0001_requests")]

    operations = [
        migrations.AddField(
            model_name="privacyrequest",
            name="planned_people",
            field=models.SmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="privacyrequest",
            name="scanned_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.RunPython(note_earlier_scans, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="privacyrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind__in", ["delete", "cancel_account"]),
                        ("state", "answered"),
                        _negated=True,
                    ),
                    ("scanned_at__isnull", False),
                    _connector="OR",
                ),
                name="an_erasure_is_answered_scanned",
            ),
        ),
    ]
