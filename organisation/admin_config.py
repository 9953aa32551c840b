from django.contrib.admin.apps import AdminConfig


class DeskAdminConfig(AdminConfig):
    """Django's admin with our door: see `organisation.admin_site`."""

    default_site = "organisation.admin_site.DeskAdminSite"
