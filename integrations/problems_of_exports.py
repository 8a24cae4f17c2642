"""The words about sending people: what stops an export, and what merely went differently than asked for."""

from integrations.problem import Problem

_CREDENTIALS = "Configure → Dev Center → API Credential Management → your credential → Manage Scopes"
_INSTEAD = "so the Greenhouse user we act as got the credit."

# --- before anything is sent; the last three are only said, and stop nothing
PREFLIGHT = (
    Problem(
        "sending_not_wanted",
        "This person does not want to be sent",
        "They allow employers to find them and to write to them here, but not to put them into hiring software.",
        "Write to them with Send Email and ask them to apply.",
    ),
    Problem(
        "left_network",
        "This person is not in your network any more",
        "They left Purpose Jobs or hid from your company, so nothing of theirs is sent.",
        "Cancel the export.",
    ),
    Problem(
        "no_email",
        "There is no email address",
        "Without one we could not tell whether this person is in Greenhouse already.",
        "Add an email address, then press Send again.",
    ),
    Problem(
        "bad_email",
        "The email address is not one",
        "Greenhouse takes only addresses like name@example.com.",
        "Correct the address, then press Send again.",
    ),
    Problem(
        "no_name",
        "There is no name",
        "Greenhouse takes nobody without a name.",
        "Add the person's name, then press Send again.",
    ),
    Problem(
        "file_empty",
        "A file is empty",
        "There is nothing in this file, and Greenhouse refuses empty ones.",
        "Replace the file or take it away, then press Send again.",
    ),
    Problem(
        "file_too_big",
        "A file is too large",
        "Files that go to Greenhouse may have 5 MB at most.",
        "Replace it by a smaller one, for example a PDF without pictures, then press Send again.",
    ),
    Problem(
        "file_wrong_ending",
        "A file is not what its name says",
        "Its ending and what is in it do not fit together, so nobody could open it in Greenhouse.",
        "Replace the file by one with the right ending, then press Send again.",
    ),
    Problem(
        "file_blocked",
        "Greenhouse does not take this kind of file",
        "Programs, web pages and the like are blocked there.",
        "Replace it by a PDF, or take it away, then press Send again.",
    ),
    Problem(
        "one_name",
        "There is only one name",
        "Greenhouse wants a first and a last name; where it insists, the missing one reads “-” there.",
        "You need not do anything.",
    ),
    Problem(
        "file_locked",
        "A PDF is protected by a password",
        "It arrives as it is, but nobody can read it in Greenhouse without the password.",
        "Ask the person for one without a password, or send it all the same.",
    ),
    Problem(
        "links_left_out",
        "There are very many links",
        "Only the first 20 go into the profile; all of them stand in the note.",
        "You need not do anything.",
    ),
)

# --- what stops an export
STOPS = (
    Problem(
        "outcome_unknown",
        "Checking whether it arrived",
        "We sent something and Greenhouse's answer was lost on the way.",
        "We look there first and send again only what did not arrive. You need not do anything.",
    ),
    Problem(
        "data_refused",
        "Greenhouse refused the data",
        "Greenhouse does not accept something in this application.",
        "Check the person's details, then press Send again.",
    ),
    Problem(
        "resume_refused",
        "Greenhouse refused the résumé",
        "The person and the application are in Greenhouse, but it does not accept this file.",
        "Upload the résumé in Greenhouse by hand, or press Send again.",
    ),
    Problem(
        "file_refused",
        "Greenhouse refused a file",
        "The person and the application are in Greenhouse, but it does not accept one of the files beside the résumé.",
        "Upload the file in Greenhouse by hand, or press Send again.",
    ),
    Problem(
        "resume_lost",
        "A file is missing",
        "A file of this application is no longer on our disk.",
        "Restore the media folder from a backup, then press Send again.",
    ),
    Problem(
        "job_closed",
        "The Greenhouse job was closed meanwhile",
        "It takes nobody until it is open again. Nothing was sent to it.",
        "Choose another Greenhouse job, or reopen it there: then this goes on by itself.",
    ),
    Problem(
        "job_gone",
        "The Greenhouse job is gone",
        "The job this person should go to no longer takes applications in Greenhouse.",
        "Choose another Greenhouse job, or connect another one on Edit, then press Send again.",
    ),
    Problem(
        "led_by_greenhouse",
        "Greenhouse says where this person stands",
        "Whoever is in Greenhouse, or on the way there, is moved there. Nothing was changed here.",
        "Move the person in Greenhouse; the pipeline follows by itself.",
    ),
    Problem(
        "person_hidden",
        "This person is hidden from us in Greenhouse",
        "Somebody with this email address is there, but private, and the user we act as may not see them. "
        "Sending would make the person twice.",
        "Let that user see private candidates, or add the application in Greenhouse by hand. Then press Send again.",
    ),
    Problem(
        "person_anonymized",
        "This person was anonymized in Greenhouse",
        "Their details were removed there, perhaps because they asked for it. We put nothing back by ourselves.",
        "Cancel it; or, if you are sure, press Send again to add the person anew.",
    ),
    Problem(
        "duplicate_unsure",
        "This may be somebody who is in Greenhouse already",
        "Nobody there has this email address, or several people have it, but somebody looks like the same person. "
        "We do not guess, so nothing was sent.",
        "Open Duplicates and say whether it is the same person. Then it goes on by itself.",
    ),
    Problem(
        "chosen_person_gone",
        "The person you chose is gone from Greenhouse",
        "You said that this is the same person, but they were merged with somebody else or deleted there since.",
        "Press Send again: then we look for them anew.",
    ),
    Problem(
        "application_removed",
        "The application was removed in Greenhouse",
        "Somebody took this person off the job while we were still sending.",
        "Cancel it; or press Send again to put them on the job once more.",
    ),
    Problem(
        "too_many_attempts",
        "It did not work for a day",
        "We tried for 24 hours and Greenhouse never took it.",
        "Check the connection under Integrations, then press Send again.",
    ),
)

# --- what went differently than asked for, and stopped nothing
REMARKS = (
    Problem(
        "source_gone",
        "Sent without the source",
        "Greenhouse no longer has the chosen source, so it arrived without one.",
        "Choose another source under Integrations or on the job.",
    ),
    Problem(
        "stage_gone",
        "Sent into the first stage",
        "The job no longer has the chosen stage in Greenhouse.",
        "Choose another stage on the job.",
    ),
    Problem(
        "pool_gone",
        "Sent without the prospect pool",
        "Greenhouse no longer has the chosen prospect pool or its stage.",
        "Choose another pool for those who come later.",
    ),
    Problem(
        "credit_unknown",
        "Credited to somebody else",
        f"Nobody in Greenhouse has the email address of the person to credit, {_INSTEAD}",
        "Add this address to their user in Greenhouse. We look again by ourselves.",
    ),
    Problem(
        "credit_deactivated",
        "Credited to somebody else",
        f"The person to credit is deactivated in Greenhouse, {_INSTEAD}",
        "Choose somebody else to credit, or activate them in Greenhouse. We look again by ourselves.",
    ),
    Problem(
        "credit_no_referrer",
        "Credited to somebody else",
        f"Greenhouse does not list the person to credit among its referrers, {_INSTEAD}",
        "Choose somebody else to credit, or let them refer somebody in Greenhouse once.",
    ),
    Problem(
        "credit_unseen",
        "Credited to somebody else",
        f"A scope for looking up whom to credit is missing, {_INSTEAD}",
        f"Tick harvest:referrers:list in {_CREDENTIALS}.",
    ),
    Problem(
        "name_completed",
        "A part of the name reads “-”",
        "Greenhouse wants a first and a last name, and this person has only one.",
        "You need not do anything.",
    ),
    Problem(
        "contacts_not_allowed",
        "Contact details were not added",
        "The person was in Greenhouse before, and the credential may not change people who are there already.",
        f"Tick harvest:candidates:update in {_CREDENTIALS}. The note holds all of them.",
    ),
    Problem(
        "contacts_refused",
        "Contact details were not added",
        "The person was in Greenhouse before, and Greenhouse did not take what we know besides.",
        "Add it in Greenhouse by hand; the note holds all of it.",
    ),
    Problem(
        "was_rejected",
        "Rejected on this job before",
        "This person was on the job in Greenhouse already, and rejected. Ours is linked to that application; no second "
        "one was made.",
        "To consider them once more, unreject them in Greenhouse.",
    ),
    Problem(
        "was_hired",
        "Hired on this job before",
        "This person was on the job in Greenhouse already, and hired. Ours is linked to that application; no second "
        "one was made.",
        "You need not do anything.",
    ),
    Problem(
        "person_private",
        "This person is private in Greenhouse",
        "Not everybody in your team can see them there.",
        "You need not do anything.",
    ),
    Problem(
        "copy_kept",
        "Anonymized in Greenhouse",
        "Somebody removed this person's details there. Our copy stays as it is.",
        "An admin can choose under Integrations that our copy is anonymized too.",
    ),
    Problem(
        "copy_removed",
        "Anonymized in Greenhouse",
        "Somebody removed this person's details there, so we removed ours too, as chosen under Integrations.",
        "You need not do anything.",
    ),
    Problem(
        "resume_older",
        "Greenhouse has a newer résumé",
        "Ours was added beside it, as another file.",
        "You need not do anything.",
    ),
)

OF_EXPORTS = (*PREFLIGHT, *STOPS, *REMARKS)
