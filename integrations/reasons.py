"""Why Greenhouse's job or post is not among those that can be imported, and what to do about it there."""

from django.db import models

_POSTS = "Jobs → the job → Job Setup → Job Posts"


class NotOffered(models.TextChoices):
    """The reasons in words, as they are kept with a job that closed and shown under *Not listed*."""

    DELETED = "deleted", "The post was deleted in Greenhouse."
    PROSPECT = "prospect", "The post belongs to no job: it collects prospects."
    JOB_NOT_SEEN = "job_not_seen", "The job is not open in Greenhouse, or not shown to us."
    TEMPLATE = "template", "The job is only a template in Greenhouse."
    JOB_DRAFT = "job_draft", "The job is still a draft in Greenhouse."
    JOB_CLOSED = "job_closed", "The job is closed in Greenhouse."
    CONFIDENTIAL = "confidential", "The job is confidential in Greenhouse."
    INTERNAL = "internal", "The post is internal in Greenhouse."
    BOARD_NOT_LIVE = "board_not_live", "The post's job board is not live in Greenhouse."
    NOT_LIVE = "not_live", "The post is not published in Greenhouse."
    NO_POST = "no_post", "The job has no post in Greenhouse."

    @property
    def short(self) -> str:
        """The reason in two or three words."""
        return _SHORT[self]

    @property
    def next_step(self) -> str:
        """What somebody can do in Greenhouse so that it is offered after the next reading."""
        return _NEXT_STEPS[self]


_SHORT = {
    NotOffered.DELETED: "Deleted post",
    NotOffered.PROSPECT: "Prospect post",
    NotOffered.JOB_NOT_SEEN: "Job not seen",
    NotOffered.TEMPLATE: "Template",
    NotOffered.JOB_DRAFT: "Job is a draft",
    NotOffered.JOB_CLOSED: "Job is closed",
    NotOffered.CONFIDENTIAL: "Confidential job",
    NotOffered.INTERNAL: "Internal post",
    NotOffered.BOARD_NOT_LIVE: "Board not live",
    NotOffered.NOT_LIVE: "Post not live",
    NotOffered.NO_POST: "Job without a post",
}
_NEXT_STEPS = {
    NotOffered.DELETED: f"A deleted post does not come back. Make a new one: {_POSTS}.",
    NotOffered.PROSPECT: "Nobody can apply to a job through it. Publish a post of the job itself.",
    NotOffered.JOB_NOT_SEEN: "Open the job, and give the user we act as access to it.",
    NotOffered.TEMPLATE: "Create a job from the template and publish a post of that job.",
    NotOffered.JOB_DRAFT: "Open the job, then publish its post.",
    NotOffered.JOB_CLOSED: "Reopen the job, or add an opening to it.",
    NotOffered.CONFIDENTIAL: "If candidates may see it, create a job that is not confidential.",
    NotOffered.INTERNAL: f"Add a post on an external job board: {_POSTS}.",
    NotOffered.BOARD_NOT_LIVE: "Put the job board live under Configure → Job Boards, or move the post to a live one.",
    NotOffered.NOT_LIVE: f"Switch the post live: {_POSTS}.",
    NotOffered.NO_POST: f"Create a post on an external job board and switch it live: {_POSTS}.",
}
