from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("complaints", "0019_a_corrective_action_is_handed_over")]

    operations = [
        migrations.RemoveConstraint(
            model_name="buildingdevice",
            name="a_system_names_a_device_once",
        ),
        migrations.AddConstraint(
            model_name="buildingdevice",
            constraint=models.UniqueConstraint(
                fields=("source", "system_kind", "device_id"),
                name="a_system_names_a_device_once",
            ),
        ),
    ]
