"""What speaks for two records being one person, and what does not."""

import pytest

from integrations import matching
from integrations.greenhouse.schemas import CandidatePayload, ContactPayload
from integrations.matching import Evidence, Traits, evidence
from tests.factories import ApplicationFactory


def _ours(**values: object) -> Traits:
    given = {"email": "ada@lovelace.example", "first_name": "Ada", "last_name": "Byron", "phone": "", "links": []}
    application = ApplicationFactory.build(**{**given, **values}, candidate=None, job=None, employer=None)
    return Traits.of_application(application)


def _theirs(**values: object) -> Traits:
    lists = {name: tuple(map(ContactPayload, row)) for name, row in values.items() if isinstance(row, list)}
    return Traits.of_person(CandidatePayload(id=1, **{**values, **lists}))  # type: ignore[arg-type]


LINKEDIN = [{"kind": "linkedin", "url": "https://www.linkedin.com/in/ada?trk=1"}]


@pytest.mark.parametrize(
    ("ours", "theirs", "found"),
    [
        ({}, {"email_addresses": ["ADA@lovelace.example "]}, [Evidence.EMAIL]),
        ({"other_emails": ["a@b.example"]}, {"email_addresses": ["a@b.example"]}, [Evidence.EMAIL]),
        ({"phone": "030 / 123 45 67"}, {"phone_numbers": ["+49 30 1234567"]}, [Evidence.PHONE]),
        ({"phone": "112"}, {"phone_numbers": ["112"]}, []),
        ({"links": LINKEDIN}, {"website_addresses": ["de.linkedin.com/in/Ada/"]}, [Evidence.PROFILE]),
        (
            {"links": [{"kind": "github", "url": "https://github.com/ada/engine"}]},
            {"social_media_addresses": ["http://www.github.com/ada"]},
            [Evidence.PROFILE],
        ),
        (
            {"links": [{"kind": "website", "url": "https://acme.example/team"}]},
            {"website_addresses": ["https://acme.example/team"]},
            [],
        ),
        (
            {"current_company": "Acme, Inc."},
            {"first_name": "ADA", "last_name": "Byrön", "company": "ACME"},
            [Evidence.NAME_AND_COMPANY],
        ),
        ({"current_company": "Acme"}, {"first_name": "Ada", "last_name": "Byron"}, []),
        ({"current_company": "Inc."}, {"first_name": "Ada", "last_name": "Byron", "company": "Ltd"}, []),
        (
            {"current_company": "Acme"},
            {"first_name": "A.", "preferred_name": "Ada", "last_name": "Byron", "company": "Acme"},
            [Evidence.NAME_AND_COMPANY],
        ),
        (
            {"current_company": "Acme", "links": LINKEDIN},
            {
                "first_name": "Ada",
                "last_name": "Byron",
                "company": "Acme",
                "social_media_addresses": ["linkedin.com/in/b"],
            },
            [],
        ),
        (
            {"phone": "+1 555 123 4567", "links": LINKEDIN},
            {"phone_numbers": ["5551234567"], "social_media_addresses": ["linkedin.com/in/ada"]},
            [Evidence.PROFILE, Evidence.PHONE],
        ),
        ({"first_name": "", "last_name": "", "current_company": "Acme"}, {"company": "Acme"}, []),
    ],
)
def test_evidence(ours: dict[str, object], theirs: dict[str, object], found: list[Evidence]) -> None:
    assert evidence(_ours(**ours), _theirs(**theirs)) == found


def test_names_in_any_order_and_script_are_one() -> None:
    assert matching.name_trait("Björk, Ada") == matching.name_trait("ADA BJORK")
    assert matching.name_trait("王秀英") == "王秀英"
    assert matching.name_trait("…") == ""


def test_a_page_of_a_site_is_nobodys_profile() -> None:
    assert matching.profile_trait("https://github.com/orgs/acme/people") == ""
    assert matching.profile_trait("https://linkedin.com/company/acme") == ""
    assert matching.profile_trait("https://evil.example/?linkedin.com/in/ada") == ""
    assert matching.profile_trait("http://[broken") == ""
