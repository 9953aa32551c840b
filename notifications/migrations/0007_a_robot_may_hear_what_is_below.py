"""A robot may repeat what posts of all units below its own are told."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0006_a_wording_has_parts")]

    operations = [
        migrations.AddField(
            model_name="endpoint",
            name="below",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddConstraint(
            model_name="endpoint",
            constraint=models.CheckConstraint(
                condition=models.Q(("below", False), ("post__isnull", True), _connector="OR"),
                name="a_robot_of_a_post_hears_nothing_below",
            ),
        ),
    ]
