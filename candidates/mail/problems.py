"""Why a letter was not sent or not passed on, in words: code → title, sentence, next step."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MailProblem:
    """What a person reads about a letter that did not go its way."""

    code: str
    title: str
    sentence: str
    next_step: str


_ALL = (
    # --- the team may not write
    MailProblem(
        "unsubscribed",
        "No e-mail wanted",
        "This person asked not to get e-mail from you.",
        "Respect it. They can allow it again by the link in your earlier letters.",
    ),
    MailProblem(
        "hidden",
        "No longer visible",
        "This person is no longer visible to your company.",
        "There is nothing to do: nobody can write to them from here.",
    ),
    MailProblem(
        "no_address",
        "No address",
        "There is no e-mail address of this person any more: their data was deleted.",
        "There is nothing to do.",
    ),
    MailProblem(
        "recruiter_limit",
        "Your limit for today is reached",
        "You have sent as many e-mails today as one person may.",
        "Send it tomorrow: the day begins at midnight UTC.",
    ),
    MailProblem(
        "employer_limit",
        "Your company's limit for today is reached",
        "Your company has sent as many e-mails today as it may.",
        "Send it tomorrow: the day begins at midnight UTC.",
    ),
    MailProblem(
        "left_team",
        "The sender may no longer write",
        "Whoever wrote this has left the team, or is a viewer now.",
        "Write to the person yourself with Send Email.",
    ),
    # --- on its way
    MailProblem(
        "server_down",
        "The mail server did not take it",
        "We tried for a day, and the mail server did not take it.",
        "Send it again, or tell whoever runs this installation.",
    ),
    MailProblem(
        "refused",
        "The mail server refused it",
        "The mail server said that it will never deliver this letter.",
        "The address is probably out of use. Reach the person another way.",
    ),
    MailProblem(
        "silent",
        "Perhaps it was not sent",
        "The mail server fell silent half-way, so nobody can tell whether the letter left. It was not sent twice.",
        "Wait for an answer, or send it again, knowing that it may arrive twice.",
    ),
    MailProblem(
        "bounced",
        "It came back",
        "The mail server of the other side sent the letter back.",
        "The address is probably out of use. Reach the person another way.",
    ),
    # --- letters that we do not pass on
    MailProblem(
        "unknown_sender",
        "Your letter was not passed on",
        "It came from an address that does not belong to this conversation.",
        "Send it again from the address to which our letter came. Members of a team can add other addresses of theirs "
        "under Email addresses, in the menu with their name.",
    ),
    MailProblem(
        "not_allowed",
        "Your letter was not passed on",
        "You may not write to candidates for this company, or not any more.",
        "Ask an admin of the company to make you a recruiter.",
    ),
    MailProblem(
        "needs_page",
        "Your letter was not passed on",
        "Before you write to this person there is something you should know.",
        "Open the person's page on Purpose Jobs and press Send Email: it says what, and sends your letter all the same "
        "if you wish.",
    ),
    MailProblem(
        "hidden_by_you",
        "Your letter was not passed on",
        "Your profile is hidden from this company, so nothing of you reaches it.",
        "Take the company off the list in your profile, or show your profile again; then send your letter once more.",
    ),
    MailProblem(
        "empty",
        "Your letter was not passed on",
        "There was no text in it that we could read.",
        "Send it again as plain text. Files are not passed on.",
    ),
)
PROBLEMS = {problem.code: problem for problem in _ALL}


class NotSent(Exception):
    """A letter that may not be sent; `problem` says why."""

    def __init__(self, code: str) -> None:
        self.problem = PROBLEMS[code]
        super().__init__(code)
