"""Addresses of people, employers and teams."""

from django.urls import URLPattern, URLResolver, include, path

from accounts import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("", views.home, name="home"),
    path("accounts/", include("allauth.account.urls")),
    path("employers/new/", views.employer_new, name="employer_new"),
    path("employers/<slug:employer>/open/", views.employer_open, name="employer_open"),
    path("employers/<slug:employer>/settings/", views.company_profile, name="company_profile"),
    path("employers/<slug:employer>/settings/logo/", views.company_logo_change, name="company_logo_change"),
    path("companies/<slug:slug>/logo/<str:name>", views.company_logo, name="company_logo"),
    path("employers/<slug:employer>/settings/team/", views.team, name="team"),
    path("employers/<slug:employer>/settings/team/<int:pk>/role/", views.member_role, name="member_role"),
    path("employers/<slug:employer>/settings/team/<int:pk>/remove/", views.member_remove, name="member_remove"),
]
