from django.urls import URLPattern, URLResolver, path

from candidates import views

urlpatterns: list[URLPattern | URLResolver] = [
    path("companies/<slug:slug>/jobs/<int:pk>/apply/", views.apply, name="apply"),
    path("companies/<slug:slug>/jobs/<int:pk>/applied/", views.applied, name="applied"),
    path("employers/<slug:employer>/applicants/<uuid:key>/resume/", views.resume, name="resume"),
    path(
        "employers/<slug:employer>/applicants/<uuid:key>/files/<uuid:document>/", views.answer_file, name="answer_file"
    ),
]
