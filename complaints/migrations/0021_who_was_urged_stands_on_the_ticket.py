"""When the resident pressed last in the present cycle; what it was so far is filled in by the next
migration, which holds no lock on the table."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("complaints", "0020_a_device_is_of_a_kind_of_system")]

    operations = [
        migrations.AddField(
            model_name="ticket",
            name="urged_at",
            field=models.DateTimeField(null=True, verbose_name="催单时间"),
        ),
    ]
