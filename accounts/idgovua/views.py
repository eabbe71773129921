"""The three steps of id.gov.ua: to its page, code for token, token for what it knows of the person."""

from typing import Any

from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.models import SocialApp, SocialLogin, SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Client, OAuth2Error
from allauth.socialaccount.providers.oauth2.views import (
    OAuth2Adapter,
    OAuth2CallbackView,
    OAuth2LoginView,
)
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse

_FIELDS = "drfocode,edrpoucode"


class IdGovUaClient(OAuth2Client):
    """The service knows no scopes and wants none named."""

    def get_redirect_url(self, authorization_url: str, scope: Any, extra_params: Any) -> str:
        address: str = super().get_redirect_url(authorization_url, scope, extra_params)
        return address.replace("&scope=", "")


class IdGovUaAdapter(OAuth2Adapter):
    provider_id = "id_gov_ua"
    client_class = IdGovUaClient

    @property
    def _address(self) -> str:
        address: str = self.get_provider().app.settings["address"]
        return address.rstrip("/")

    @property
    def authorize_url(self) -> str:
        return f"{self._address}/"

    @property
    def access_token_url(self) -> str:
        return f"{self._address}/get-access-token"

    def complete_login(
        self, request: HttpRequest, app: SocialApp, token: SocialToken, **kwargs: Any
    ) -> SocialLogin:
        query = {
            "access_token": token.token,
            "user_id": kwargs["response"].get("user_id", ""),
            "fields": _FIELDS,
        }
        with get_adapter().get_requests_session() as session:
            answer = session.get(f"{self._address}/get-user-info", params=query)
            answer.raise_for_status()
            known = answer.json()
        if not isinstance(known, dict) or known.get("error"):
            raise OAuth2Error("id.gov.ua refused to say who the person is")
        return self.get_provider().sociallogin_from_response(request, known)


_login = OAuth2LoginView.adapter_view(IdGovUaAdapter)
_callback = OAuth2CallbackView.adapter_view(IdGovUaAdapter)


@login_not_required
def login(request: HttpRequest) -> HttpResponse:
    _expect_switched_on(request)
    answer: HttpResponse = _login(request)
    return answer


@login_not_required
def callback(request: HttpRequest) -> HttpResponse:
    _expect_switched_on(request)
    answer: HttpResponse = _callback(request)
    return answer


def _expect_switched_on(request: HttpRequest) -> None:
    if not get_adapter().list_apps(request, provider=IdGovUaAdapter.provider_id):
        raise Http404
