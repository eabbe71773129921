"""Tokens end with the password they were made under and with the account."""

from typing import Any

from django.contrib.auth.models import User
from django.db.models.signals import post_save
from django.dispatch import receiver

from accounts import services

_CONCERNS = {"password", "is_active"}


@receiver(post_save, sender=User, dispatch_uid="accounts.token_ending")
def end_tokens(
    instance: User, created: bool, raw: bool = False, update_fields: Any = None, **_kwargs: Any
) -> None:
    if created or raw or (update_fields is not None and not _CONCERNS & set(update_fields)):
        return
    if instance.api_tokens.filter(revoked_at=None).exists():
        services.end_tokens_of(user=instance)
