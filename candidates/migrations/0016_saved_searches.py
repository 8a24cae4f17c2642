"""The searches that members keep."""

import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_logo"),
        ("candidates", "0015_mail"),
    ]

    operations = [
        migrations.CreateModel(
            name="SavedSearch",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=80)),
                ("address", models.TextField(blank=True)),
                (
                    "wants_email",
                    models.BooleanField(default=True, verbose_name="e-mail me when new people match"),
                ),
                ("told_until", models.DateTimeField(default=django.utils.timezone.now)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "membership",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="saved_searches",
                        to="accounts.membership",
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "saved searches",
                "ordering": [django.db.models.functions.text.Lower("name"), "pk"],
                "indexes": [models.Index(models.F("told_until"), name="saved_search_told_until")],
                "constraints": [
                    models.UniqueConstraint(fields=("membership", "name"), name="saved_search_name_unique")
                ],
            },
        ),
    ]
