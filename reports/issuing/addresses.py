"""Where strangers verify a copy: the address that is printed on it."""

from django.conf import settings


def verification_address(code: str) -> str:
    """Short, as somebody will type it: «https://…/v/7K3MQ9TDXHAB/»."""
    return f"{settings.PUBLIC_ADDRESS}/v/{code}/"
