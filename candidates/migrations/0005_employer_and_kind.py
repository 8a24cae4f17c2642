import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
        ('candidates', '0004_answers'),
        ('jobs', '0003_questions'),
    ]

    operations = [
        migrations.AddField(
            model_name='application',
            name='employer',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='applications', to='accounts.employer'),
        ),
        migrations.AlterField(
            model_name='application',
            name='job',
            field=models.ForeignKey(blank=True, help_text='Empty: a prospect, not on a job yet.', null=True, on_delete=django.db.models.deletion.CASCADE, related_name='applications', to='jobs.job'),
        ),
        migrations.AddField(
            model_name='application',
            name='origin',
            field=models.CharField(choices=[('applied', 'Applied'), ('sourced', 'Sourced')], default='applied', max_length=10),
        ),
        migrations.AddField(
            model_name='application',
            name='other_emails',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='application',
            name='other_phones',
            field=models.JSONField(blank=True, default=list),
        ),
        migrations.AddField(
            model_name='application',
            name='current_company',
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.AddField(
            model_name='application',
            name='current_title',
            field=models.CharField(blank=True, help_text='What they are there.', max_length=200),
        ),
        migrations.AddField(
            model_name='timelineevent',
            name='kind',
            field=models.CharField(choices=[('applied', 'Applied'), ('sourced', 'Sourced'), ('requested', 'To be sent'), ('found', 'Found'), ('sent', 'Sent'), ('linked', 'Linked'), ('contacts_added', 'Contacts added'), ('file_added', 'File added'), ('note_added', 'Note added'), ('stage_moved', 'Stage moved'), ('rejected', 'Rejected'), ('withdrawn', 'Withdrawn'), ('hired', 'Hired'), ('merged', 'Merged'), ('gone', 'Gone'), ('cancelled', 'Cancelled')], default='stage_moved', max_length=20),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='timelineevent',
            name='as_whom',
            field=models.CharField(blank=True, help_text="The ATS's user in whose name it was done.", max_length=300),
        ),
    ]
