"""Addresses of the portal: short, since they stand in text messages."""

from django.urls import path

from portal.views import progress

urlpatterns = [path("o/<str:link>", progress, name="progress")]
