import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('candidates', '0009_status_changes'),
        ('integrations', '0017_asked_about_exports'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Batch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.UUIDField(default=uuid.uuid4, help_text='Of the form: pressed twice, it sends once.', unique=True)),
                ('to', models.TextField(help_text='Where they were to go, in words.')),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('connection', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='batches', to='integrations.connection')),
                ('requested_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name_plural': 'batches',
                'ordering': ['-pk'],
            },
        ),
        migrations.CreateModel(
            name='BatchEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('requested', 'To be sent'), ('already', 'Asked for before'), ('same_person', 'Chosen twice'), ('not_connected', 'Not connected')], max_length=15)),
                ('application', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='candidates.application')),
                ('batch', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='integrations.batch')),
                ('export', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='integrations.export')),
            ],
            options={
                'verbose_name_plural': 'batch entries',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('batch', 'application'), name='batch_entry_unique')],
            },
        ),
    ]
