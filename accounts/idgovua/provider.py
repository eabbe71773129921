"""id.gov.ua (ІСЕІ): state identification by electronic signature, MobileID or BankID. Off until its operator agrees.

A person is known by РНОКПП; an institution's seal without one by its ЄДРПОУ. Nothing else the service says
about a person is kept.
"""

from typing import Any

from allauth.socialaccount.providers.base import ProviderAccount, ProviderException
from allauth.socialaccount.providers.oauth2.provider import OAuth2Provider

from accounts.idgovua.views import IdGovUaAdapter


class IdGovUaAccount(ProviderAccount):
    pass


class IdGovUaProvider(OAuth2Provider):
    id = "id_gov_ua"
    name = "id.gov.ua"
    account_class = IdGovUaAccount
    oauth2_adapter_class = IdGovUaAdapter

    def get_auth_params(self) -> dict[str, str]:
        return {"auth_type": "dig_sign"}

    def extract_uid(self, data: dict[str, Any]) -> str:
        code = str(data.get("drfocode") or data.get("edrpoucode") or "").strip()
        if not code:
            raise ProviderException("id.gov.ua named neither drfocode nor edrpoucode")
        return code

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return {}


provider_classes = [IdGovUaProvider]
