import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    # Apart from 0006: PostgreSQL does not alter a table that has unfinished business in the same transaction.
    dependencies = [
        ('accounts', '0001_initial'),
        ('candidates', '0006_fill_employer_and_kind'),
        ('jobs', '0003_questions'),
    ]

    operations = [
        migrations.AlterField(
            model_name='application',
            name='employer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='applications', to='accounts.employer'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.UniqueConstraint(condition=models.Q(('job', None)), fields=('candidate', 'employer'), name='application_without_job_unique'),
        ),
    ]
