from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("integrations", "0008_remove_overridden_fields")]

    operations = [
        migrations.AddField(
            model_name="syncrun",
            name="skipped_count",
            field=models.PositiveIntegerField(default=0, help_text="All records that could not be read."),
        ),
        migrations.AlterField(
            model_name="syncrun",
            name="skipped",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="The first records that could not be read: collection, id, title, field.",
            ),
        ),
    ]
