import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0002_messages_in_traditional_chinese"),
    ]

    operations = [
        migrations.AddField(
            model_name="workcalendar",
            name="base",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="regional_versions",
                to="organisation.workcalendar",
            ),
        ),
        migrations.AddField(
            model_name="workcalendar",
            name="unit",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="calendars",
                to="organisation.unit",
            ),
        ),
        migrations.AddConstraint(
            model_name="workcalendar",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("base__isnull", True), ("unit__isnull", True)),
                    models.Q(("base__isnull", False), ("unit__isnull", False)),
                    _connector="OR",
                ),
                name="a_regional_calendar_has_base_and_unit",
            ),
        ),
    ]
