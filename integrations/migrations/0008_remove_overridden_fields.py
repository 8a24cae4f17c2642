from django.db import migrations


class Migration(migrations.Migration):
    # Apart from 0007: PostgreSQL does not alter a table that has unfinished business in the same transaction.
    dependencies = [("integrations", "0007_overrides_as_rows")]
    operations = [migrations.RemoveField(model_name="joblink", name="overridden_fields")]
