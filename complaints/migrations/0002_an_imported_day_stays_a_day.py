from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("complaints", "0001_tickets")]

    operations = [
        migrations.AddField(
            model_name="ticketevent",
            name="occurred_on",
            field=models.DateField(null=True),
        ),
    ]
