"""The scopes a credential needs, by the feature they are for (contract §2.7). No Django.

A required feature is one that importing and sending cannot do without. An optional one is only switched off while its
scopes are missing. Tags need none of their own: they travel with the person (contract §6.11).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Feature:
    """Something we do in Greenhouse, and what stops when a scope of it is missing."""

    key: str
    title: str
    scopes: tuple[str, ...]
    without: str
    is_required: bool = True

    @property
    def as_text(self) -> str:
        """One scope a line, to be pasted."""
        return "\n".join(self.scopes)


PEOPLE = Feature(
    "people",
    "Find the person we act as",
    ("harvest:users:list", "harvest:user_emails:list"),
    "We cannot find the Greenhouse user behind the Email.",
)
IMPORT = Feature(
    "import",
    "Import jobs",
    (
        "harvest:jobs:list",
        "harvest:job_posts:list",
        "harvest:job_post_locations:list",
        "harvest:job_board_custom_locations:list",
        "harvest:departments:list",
        "harvest:offices:list",
    ),
    "We cannot read your career site with its places and departments.",
)
SEND = Feature(
    "send",
    "Send candidates, with the tag",
    (
        "harvest:candidates:list",
        "harvest:candidates:create",
        "harvest:applications:list",
        "harvest:applications:create",
    ),
    "We cannot put applicants into Greenhouse, or not without making people twice.",
)
RESUMES = Feature(
    "resumes",
    "Attach résumés",
    ("harvest:attachments:list", "harvest:attachments:create"),
    "Applicants would arrive without their résumés.",
)
FOLLOW = Feature(
    "follow",
    "Follow stage and status",
    ("harvest:applications:list",),
    "We cannot see what became of the people we sent.",
)
SOURCE = Feature(
    "source",
    "Name Purpose Jobs as the source",
    ("harvest:sources:list",),
    "People are sent without a source, so Greenhouse's reports cannot count them for Purpose Jobs.",
    is_required=False,
)
NOTES = Feature(
    "notes",
    "Write the applicant's words as a note",
    ("harvest:notes:list", "harvest:notes:create"),
    "People are sent without the note that holds their own words and the link back.",
    is_required=False,
)
REASONS = Feature(
    "reasons",
    "Say why somebody was rejected",
    ("harvest:rejection_reasons:list", "harvest:rejection_details:list"),
    "Rejections come back without their reason, and a withdrawal looks like a rejection.",
    is_required=False,
)
STAGE_DATES = Feature(
    "stage_dates",
    "Say since when somebody is at a stage",
    ("harvest:application_stages:list",),
    "A change of stage has the time of the last activity, and not of the change itself.",
    is_required=False,
)
PAY = Feature(
    "pay",
    "Show what a job pays",
    ("harvest:pay_inputs:list", "harvest:pay_input_ranges:list"),
    "Jobs are imported without their pay ranges; you can type the pay of each on Edit.",
    is_required=False,
)
STAGES = Feature(
    "stages",
    "Choose the stage where people start",
    ("harvest:job_interview_stages:list",),
    "People start in the first stage of each job, because no other can be chosen.",
    is_required=False,
)
CONTACTS = Feature(
    "contacts",
    "Add what is new to people who are there already",
    ("harvest:candidates:update",),
    "People who were in Greenhouse before keep the contact details they have; ours stand in the note.",
    is_required=False,
)
CREDIT = Feature(
    "credit",
    "Credit the recruiter who sent somebody",
    ("harvest:referrers:list",),
    "The Greenhouse user we act as gets the credit for everybody we send.",
    is_required=False,
)
PROSPECTS = Feature(
    "prospects",
    "Put prospects into a pool",
    ("harvest:prospect_pools:list", "harvest:prospect_pool_stages:list", "harvest:prospect_details:list"),
    "Prospects arrive without a pool.",
    is_required=False,
)
# Asked for at a consent alone: only partners may make webhooks by API (contract §6.15), others make them by hand.
WEBHOOKS = Feature(
    "webhooks",
    "Hear of changes at once",
    (
        "harvest:webhooks:list",
        "harvest:webhooks:create",
        "harvest:webhooks:update",
        "harvest:webhooks:destroy",
    ),
    "Webhooks have to be made by hand, or changes are noticed a little later.",
    is_required=False,
)

FEATURES = (
    *(PEOPLE, IMPORT, SEND, RESUMES, FOLLOW, SOURCE, NOTES, CONTACTS, CREDIT, PROSPECTS),
    *(REASONS, STAGE_DATES, PAY, STAGES),
)
ALL_SCOPES = tuple(dict.fromkeys(scope for feature in FEATURES for scope in feature.scopes))
REQUIRED_SCOPES = frozenset(scope for feature in FEATURES if feature.is_required for scope in feature.scopes)


def collection_of(scope: str) -> str:
    """`harvest:jobs:list` → `jobs`."""
    return scope.split(":")[1]


def listing_scope(path: str) -> str:
    """`/v3/jobs` → `harvest:jobs:list`."""
    return f"harvest:{path.split('/')[2]}:list"


def is_listing(scope: str) -> bool:
    """Tell whether a cheap request shows that a scope is there; for the others one would have to write."""
    return scope.endswith(":list")
