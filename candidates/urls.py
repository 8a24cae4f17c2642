from django.urls import URLPattern, URLResolver, path

from candidates.views import (
    applying,
    candidate_emails,
    mail,
    mail_public,
    mail_templates,
    marks,
    notes,
    notices,
    searches,
    sharing,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("employers/<slug:employer>/candidates/searches/", searches.saved_searches, name="saved_searches"),
    path("employers/<slug:employer>/candidates/searches/save/", searches.search_save, name="search_save"),
    path("employers/<slug:employer>/candidates/searches/<int:pk>/", searches.search_change, name="search_change"),
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
    path("employers/<slug:employer>/candidates/<uuid:key>/email/", mail.send_email, name="send_email"),
    path("employers/<slug:employer>/candidates/<uuid:key>/do-not-contact/", mail.do_not_contact, name="do_not_contact"),
    path("employers/<slug:employer>/messages/", mail.conversations, name="messages"),
    path("employers/<slug:employer>/messages/<uuid:key>/", mail.conversation, name="conversation"),
    path("employers/<slug:employer>/messages/<uuid:key>/again/", mail.send_again, name="message_again"),
    path("employers/<slug:employer>/messages/templates/", mail_templates.mail_templates, name="mail_templates"),
    path("employers/<slug:employer>/messages/templates/new/", mail_templates.mail_template, name="mail_template_new"),
    path("employers/<slug:employer>/messages/templates/<int:pk>/", mail_templates.mail_template, name="mail_template"),
    path(
        "employers/<slug:employer>/messages/templates/<int:pk>/delete/",
        mail_templates.mail_template_delete,
        name="mail_template_delete",
    ),
    path("unsubscribe/<str:token>/", mail_public.unsubscribe, name="unsubscribe"),
    path("mail/inbound/", mail_public.inbound, name="mail_inbound"),
]
