"""Addresses of the employer's pages that show what Greenhouse knows."""

from django.urls import URLPattern, URLResolver, path

from integrations.views import (
    applicants,
    connection,
    dashboard,
    import_settings,
    imports,
    invitations,
    job_edit,
    jobs,
    partner,
    reviewing,
    settings,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("employers/<slug:employer>/dashboard/", dashboard.dashboard, name="dashboard"),
    path("employers/<slug:employer>/jobs/", jobs.jobs, name="jobs"),
    path("employers/<slug:employer>/jobs/new/", job_edit.job_new, name="job_new"),
    path("employers/<slug:employer>/jobs/switch/", jobs.job_switch, name="job_switch"),
    path("employers/<slug:employer>/jobs/<int:pk>/edit/", job_edit.job_edit, name="job_edit"),
    path("employers/<slug:employer>/jobs/<int:pk>/edit/roles/", job_edit.job_offers, name="job_offers"),
    path(
        "employers/<slug:employer>/jobs/<int:pk>/edit/stage-and-source/",
        job_edit.job_stage_and_source,
        name="job_stage_and_source",
    ),
    path("employers/<slug:employer>/jobs/<int:pk>/unsent/", reviewing.job_unsent, name="job_unsent"),
    path("employers/<slug:employer>/import/", imports.import_jobs, name="import_jobs"),
    path("employers/<slug:employer>/import/save/", imports.import_save, name="import_save"),
    path("employers/<slug:employer>/applicants/", applicants.applicants, name="applicants"),
    path("employers/<slug:employer>/applicants/decide/", reviewing.decide, name="applicants_decide"),
    path("employers/<slug:employer>/applicants/<uuid:key>/", applicants.application, name="application"),
    path("employers/<slug:employer>/exports/<int:pk>/send-again/", applicants.send_again, name="send_again"),
    path("employers/<slug:employer>/settings/integrations/", settings.integrations, name="integrations"),
    path("employers/<slug:employer>/settings/integrations/test/", settings.test, name="integration_test"),
    path("employers/<slug:employer>/settings/integrations/status/", connection.status, name="integration_status"),
    path("employers/<slug:employer>/settings/integrations/sync/", connection.sync_now, name="integration_sync"),
    path(
        "employers/<slug:employer>/settings/integrations/disconnect/",
        connection.disconnect,
        name="integration_disconnect",
    ),
    path("employers/<slug:employer>/settings/integrations/user/", settings.acting_user, name="acting_user"),
    path("employers/<slug:employer>/settings/integrations/source/", settings.source, name="source"),
    path("employers/<slug:employer>/settings/integrations/source/check/", settings.source_check, name="source_check"),
    path(
        "employers/<slug:employer>/settings/integrations/import/",
        import_settings.import_settings,
        name="import_settings",
    ),
    path("employers/<slug:employer>/settings/integrations/invite/", invitations.invite, name="setup_invite"),
    path(
        "employers/<slug:employer>/settings/integrations/invitations/<int:pk>/revoke/",
        invitations.revoke,
        name="setup_revoke",
    ),
    path("setup/", invitations.setup, name="setup"),
    path("employers/<slug:employer>/settings/integrations/greenhouse/", partner.connect, name="greenhouse_connect"),
    path("greenhouse/callback/", partner.callback, name="greenhouse_callback"),
]
