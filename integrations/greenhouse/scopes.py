"""The scopes a credential needs, by what they are for (contract §2.7)."""

IMPORT_SCOPES = (
    "harvest:jobs:list",
    "harvest:job_posts:list",
    "harvest:job_post_locations:list",
    "harvest:job_board_custom_locations:list",
    "harvest:departments:list",
    "harvest:offices:list",
)
PEOPLE_SCOPES = ("harvest:users:list", "harvest:user_emails:list", "harvest:sources:list")
EXPORT_SCOPES = (
    "harvest:candidates:list",
    "harvest:candidates:create",
    "harvest:applications:list",
    "harvest:applications:create",
    "harvest:attachments:list",
    "harvest:attachments:create",
    "harvest:notes:list",
    "harvest:notes:create",
)
TRACKING_SCOPES = ("harvest:rejection_details:list", "harvest:rejection_reasons:list")

SCOPE_GROUPS = (
    ("Find your user and source", PEOPLE_SCOPES),
    ("Import jobs", IMPORT_SCOPES),
    ("Send candidates", EXPORT_SCOPES),
    ("Follow their stage", TRACKING_SCOPES),
)
REQUIRED_SCOPES = frozenset(scope for _, scopes in SCOPE_GROUPS for scope in scopes)


def collection_of(scope: str) -> str:
    """`harvest:jobs:list` → `jobs`."""
    return scope.split(":")[1]
