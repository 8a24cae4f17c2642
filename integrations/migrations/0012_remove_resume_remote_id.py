from django.db import migrations


class Migration(migrations.Migration):
    # Apart from the one before: PostgreSQL does not alter a table that has unfinished business in the same transaction.
    dependencies = [("integrations", "0011_files_of_exports")]
    operations = [migrations.RemoveField(model_name="export", name="resume_remote_id")]
