from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from accounts import services
from accounts.forms import InvitationForm
from budgets.exceptions import RuleViolation
from budgets.forms.fields import refusals


class Command(BaseCommand):
    help = "Prints a one-time link by which a person sets the password of their account; makes the account if need be."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--days", type=int, help="days the link works")
        parser.add_argument("--code", default="", help="РНОКПП or ЄДРПОУ, for id.gov.ua")
        parser.add_argument("--email", default="", help="address an OpenID provider confirms")
        parser.add_argument("--site", default="", help="https://name of the site, for the link")
        parser.add_argument(
            "--superuser", action="store_true", help="a new account becomes a superuser"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        form = InvitationForm(
            {"person_code": options["code"], "email": options["email"], "days": options["days"]}
        )
        if not form.is_valid():
            raise CommandError(refusals(form))
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            user = User.objects.create_user(options["username"], is_staff=options["superuser"])
            user.is_superuser = options["superuser"]
            user.save(update_fields=["is_superuser"])
        elif options["superuser"] and not user.is_superuser:
            raise CommandError("This account exists and is no superuser; a link does not raise it.")
        try:
            token = services.invite(user=user, by=None, **form.cleaned_data)
        except RuleViolation as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"{self._site(options)}{reverse('invitation', args=[token])}")

    def _site(self, options: dict[str, Any]) -> str:
        if options["site"]:
            return str(options["site"]).rstrip("/")
        hosts = [host for host in settings.ALLOWED_HOSTS if not host.startswith(".")]
        if settings.SAMPLE or not hosts:
            return ""
        return f"https://{hosts[0]}"
