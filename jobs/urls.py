from django.urls import URLPattern, URLResolver, path

from jobs import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("companies/<slug:slug>/", views.company_page, name="company_page"),
    path("companies/<slug:slug>/jobs/<int:pk>/", views.public_job, name="public_job"),
]
