from django.urls import URLPattern, URLResolver, path

from candidates.views import applying, candidate_emails, marks, notes, notices, sharing

urlpatterns: list[URLPattern | URLResolver] = [
    path("companies/<slug:slug>/jobs/<int:pk>/apply/", applying.apply, name="apply"),
    path("companies/<slug:slug>/jobs/<int:pk>/applied/", applying.applied, name="applied"),
    path("employers/<slug:employer>/applicants/<uuid:key>/resume/", applying.resume, name="resume"),
    path(
        "employers/<slug:employer>/applicants/<uuid:key>/files/<uuid:document>/",
        applying.answer_file,
        name="answer_file",
    ),
    path("employers/<slug:employer>/candidates/<uuid:key>/mark/", marks.candidate_mark, name="candidate_mark"),
    path("employers/<slug:employer>/candidates/shared/", sharing.shared_with_me, name="shared_with_me"),
    path("employers/<slug:employer>/candidates/<uuid:key>/share/", sharing.share_with_team, name="share_with_team"),
    path("employers/<slug:employer>/candidates/<uuid:key>/link/", sharing.candidate_link, name="candidate_link"),
    path(
        "employers/<slug:employer>/candidates/<uuid:key>/link/<int:pk>/revoke/",
        sharing.candidate_link_revoke,
        name="candidate_link_revoke",
    ),
    path("c/<str:key>/", sharing.open_candidate_link, name="open_candidate_link"),
    path("employers/<slug:employer>/notifications/", notices.notifications, name="notifications"),
    path("employers/<slug:employer>/notifications/<int:pk>/", notices.notification_open, name="notification_open"),
    path("employers/<slug:employer>/notifications/read/", notices.notifications_read, name="notifications_read"),
    path(
        "employers/<slug:employer>/notifications/settings/", notices.notification_settings, name="notification_settings"
    ),
    path(
        "employers/<slug:employer>/settings/candidate-emails/",
        candidate_emails.candidate_emails,
        name="candidate_emails",
    ),
    path("employers/<slug:employer>/candidates/<uuid:key>/notes/", notes.note_add, name="note_add"),
    path("employers/<slug:employer>/notes/<int:pk>/", notes.note_edit, name="note_edit"),
    path("employers/<slug:employer>/notes/<int:pk>/delete/", notes.note_delete, name="note_delete"),
]
