"""The words Greenhouse has for kinds of files and notes."""

ATTACHMENT_TYPES = (
    "resume",
    "cover_letter",
    "take_home_test",
    "offer_packet",
    "offer_letter",
    "signed_offer_letter",
    "other",
    "form_attachment",
    "midfunnel_agreement",
    "automated_agreement",
)
NOTE_TYPES = (
    "NOTE",
    "ACTIVITY",
    "INTERVIEW",
    "EMAIL",
    "FOLLOW_UP",
    "TAKE_HOME_TEST",
    "LINKEDIN_NOTE",
    "LINKEDIN_INMAIL",
    "AVAILABILITY_REQUEST",
    "MIGRATION_ERROR",
    "TOUCHPOINT",
    "FORM",
    "FEEDBACK",
)
NOTE_VISIBILITIES = {
    "admin_only": "admin_only_visible",
    "private": "privately_visible",
    "public": "publicly_visible",
}
