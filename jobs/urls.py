from django.urls import URLPattern, URLResolver, path

from jobs import feeds, sitemaps, views

urlpatterns: list[URLPattern | URLResolver] = [
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.sitemap, name="sitemap"),
    path("sitemap-<int:part>.xml", sitemaps.sitemap_part, name="sitemap_part"),
    path("companies/<slug:slug>/", views.company_page, name="company_page"),
    path("companies/<slug:slug>/jobs.atom", feeds.atom, name="jobs_atom"),
    path("companies/<slug:slug>/jobs.json", feeds.json_feed, name="jobs_json"),
    path("companies/<slug:slug>/jobs/<int:pk>/", views.public_job, name="public_job"),
]
