"""Links to log in by, and what a résumé proposes to its owner."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("candidates", "0012_notices")]

    operations = [
        migrations.AddField(
            model_name="documenttext",
            name="skills",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="Those that the words name, for the person to choose from.",
            ),
        ),
        migrations.AddField(
            model_name="documenttext",
            name="decided_at",
            field=models.DateTimeField(blank=True, help_text="When the person chose among them.", null=True),
        ),
        migrations.AlterField(
            model_name="documenttext",
            name="text",
            field=models.TextField(blank=True, help_text="Empty if there is none, or none that can be read."),
        ),
        migrations.CreateModel(
            name="SignIn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("email", models.EmailField(db_index=True, help_text="Lower case.", max_length=254)),
                ("key_hash", models.CharField(blank=True, db_index=True, editable=False, max_length=64)),
                ("asked_at", models.DateTimeField(auto_now_add=True)),
                ("sent_at", models.DateTimeField(blank=True, null=True)),
                ("used_at", models.DateTimeField(blank=True, null=True)),
                (
                    "changes",
                    models.ForeignKey(
                        blank=True,
                        help_text="Who wants to use this address from now on. Empty: the link only logs in.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="candidates.candidate",
                    ),
                ),
            ],
            options={
                "ordering": ["-asked_at", "-pk"],
                "indexes": [
                    models.Index(
                        models.F("asked_at"), condition=models.Q(("sent_at", None)), name="sign_in_unsent"
                    )
                ],
            },
        ),
    ]
