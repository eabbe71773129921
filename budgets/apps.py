from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class BudgetsConfig(AppConfig):
    name = "budgets"
    verbose_name = _("Бюджети")

    def ready(self) -> None:
        from budgets.models import frozen, recording

        # A table rebuilt by a migration loses its triggers on SQLite, so they are made again each time.
        post_migrate.connect(frozen.install_triggers, dispatch_uid="budgets.frozen")
        post_migrate.connect(recording.install_triggers, dispatch_uid="budgets.recording")
