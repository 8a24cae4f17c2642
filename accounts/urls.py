"""Addresses of people, employers and teams."""

from django.urls import URLPattern, URLResolver, include, path

from accounts.views import company, home, invitations, team

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("accounts/", include("allauth.account.urls")),
    path("employers/new/", home.employer_new, name="employer_new"),
    path("employers/<slug:employer>/open/", home.employer_open, name="employer_open"),
    path("employers/<slug:employer>/settings/", company.company_profile, name="company_profile"),
    path("employers/<slug:employer>/settings/logo/", company.company_logo_change, name="company_logo_change"),
    path("companies/<slug:slug>/logo/<str:name>", company.company_logo, name="company_logo"),
    path("employers/<slug:employer>/settings/team/", team.team, name="team"),
    path("employers/<slug:employer>/settings/team/invite/", invitations.team_invite, name="team_invite"),
    path(
        "employers/<slug:employer>/settings/team/invitations/<int:pk>/revoke/",
        invitations.team_invitation_revoke,
        name="team_invitation_revoke",
    ),
    path("team/join/", invitations.team_join, name="team_join"),
    path("employers/<slug:employer>/settings/team/<int:pk>/role/", team.member_role, name="member_role"),
    path("employers/<slug:employer>/settings/team/<int:pk>/remove/", team.member_remove, name="member_remove"),
]
