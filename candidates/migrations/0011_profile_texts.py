"""The words of profiles, and the index that each database keeps of them in its own way (ADR 0016)."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

# Two columns: what is looked through, and the part without the résumé, which is small enough to rank by quickly.
_TOP = """
    setweight(to_tsvector('english', headline), 'A') ||
    setweight(to_tsvector('english', about), 'B') ||
    setweight(to_tsvector('english', wishes), 'C')
"""
_POSTGRESQL = [
    f"ALTER TABLE candidates_profiletext ADD COLUMN search_top tsvector GENERATED ALWAYS AS ({_TOP}) STORED",
    "ALTER TABLE candidates_profiletext ADD COLUMN search_words tsvector GENERATED ALWAYS AS "
    f"({_TOP} || setweight(to_tsvector('english', resume), 'D')) STORED",
    "CREATE INDEX profile_text_words ON candidates_profiletext USING gin (search_words)",
]
# The words rest once, in the table: the virtual one only holds where they are, and is told what goes and what comes.
_FORGET = """
    INSERT INTO candidates_profiletext_words(candidates_profiletext_words, rowid, headline, about, wishes, resume)
    VALUES ('delete', old.profile_id, old.headline, old.about, old.wishes, old.resume);
"""
_LEARN = """
    INSERT INTO candidates_profiletext_words(rowid, headline, about, wishes, resume)
    VALUES (new.profile_id, new.headline, new.about, new.wishes, new.resume);
"""
_SQLITE = [
    "CREATE VIRTUAL TABLE candidates_profiletext_words USING fts5(headline, about, wishes, resume, "
    "content='candidates_profiletext', content_rowid='profile_id', tokenize='porter unicode61')",
    f"CREATE TRIGGER profile_text_made AFTER INSERT ON candidates_profiletext BEGIN {_LEARN} END",
    f"CREATE TRIGGER profile_text_gone AFTER DELETE ON candidates_profiletext BEGIN {_FORGET} END",
    f"CREATE TRIGGER profile_text_changed AFTER UPDATE ON candidates_profiletext BEGIN {_FORGET} {_LEARN} END",
]


def _build(_apps: Any, schema_editor: Any) -> None:
    for statement in _POSTGRESQL if schema_editor.connection.vendor == "postgresql" else _SQLITE:
        schema_editor.execute(statement)


def _drop(_apps: Any, schema_editor: Any) -> None:
    """The rest goes with the table itself."""
    if schema_editor.connection.vendor == "sqlite":
        for name in ("made", "gone", "changed"):
            schema_editor.execute(f"DROP TRIGGER profile_text_{name}")
        schema_editor.execute("DROP TABLE candidates_profiletext_words")


class Migration(migrations.Migration):
    dependencies = [
        ("candidates", "0010_profiles"),
    ]

    operations = [
        migrations.CreateModel(
            name="ProfileText",
            fields=[
                (
                    "profile",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="text",
                        serialize=False,
                        to="candidates.profile",
                    ),
                ),
                ("headline", models.TextField(help_text="Name, title and skills.")),
                ("about", models.TextField(help_text="Company, kinds of position and summary.")),
                ("wishes", models.TextField(help_text="Places, values and interests; and a word for each term.")),
                ("resume", models.TextField(help_text="The words of the résumé.")),
                (
                    "indexed_at",
                    models.DateTimeField(help_text="When the profile was read; what changed later is missing here."),
                ),
            ],
        ),
        migrations.RunPython(_build, _drop),
    ]
