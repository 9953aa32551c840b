from django.apps import AppConfig
from django.core import checks
from django.utils.module_loading import autodiscover_modules
from django.utils.translation import gettext_lazy as _


class VaultConfig(AppConfig):
    name = "privacy.vault"
    label = "vault"
    verbose_name = _("个人信息保险库")

    def ready(self) -> None:
        from privacy.vault import health
        from privacy.vault.checks import check_personal_data

        autodiscover_modules("personal_data")
        checks.register(check_personal_data, checks.Tags.models)
        health.register()
