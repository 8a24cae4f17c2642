"""What the search puts in order by, in an index of its own."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("candidates", "0017_candidate_imports"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="profile",
            index=models.Index(
                condition=models.Q(("is_listed", True)),
                fields=["id"],
                include=("candidate", "joined_at", "search_state"),
                name="profile_searched",
            ),
        ),
    ]
