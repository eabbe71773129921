"""Sign-in through id.gov.ua and OpenID, against a server of this test: nothing leaves the machine."""

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.socialaccount.models import SocialAccount
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from accounts import services
from accounts.models import Invitation

pytestmark = pytest.mark.django_db
CODE = "1234567899"


@dataclass
class Provider:
    """A fake of both: what it will say of the person, and what it was asked."""

    address: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    status: int = 200

    def answer(self, path: str) -> dict[str, Any]:
        match path:
            case "/get-access-token" | "/token":
                token = {"access_token": "t-1", "user_id": "u-1", "expires_in": 300}
                return token | ({"id_token": self._id_token()} if path == "/token" else {})
            case "/get-user-info" | "/userinfo":
                return self.person
            case "/.well-known/openid-configuration":
                return {
                    "issuer": self.address,
                    "authorization_endpoint": f"{self.address}/authorize",
                    "token_endpoint": f"{self.address}/token",
                    "userinfo_endpoint": f"{self.address}/userinfo",
                    "jwks_uri": f"{self.address}/keys",
                    "token_endpoint_auth_methods_supported": ["client_secret_post"],
                }
        return {}

    def _id_token(self) -> str:
        """Unsigned: it came straight from the provider, so the library does not ask for its signature."""
        claims = self.person | {
            "iss": self.address,
            "aud": "city",
            "iat": int(time.time()),
            "exp": int(time.time()) + 60,
        }
        parts = [{"alg": "RS256", "kid": "1", "typ": "JWT"}, claims]
        encoded = [base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=") for p in parts]
        return b".".join([*encoded, b"c2ln"]).decode()


@pytest.fixture
def provider() -> Iterator[Provider]:
    fake = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(urlsplit(self.path).query)

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

        def _answer(self, query: str) -> None:
            path = urlsplit(self.path).path
            fake.asked.append((path, parse_qs(query)))
            body = json.dumps(fake.answer(path)).encode()
            self.send_response(fake.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.address = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield fake
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(params=["id_gov_ua", "openid"])
def switched_on(request, provider, settings) -> str:
    """The name of the provider that is on; who it says the person is stands in its fake."""
    settings.SOCIALACCOUNT_REQUESTS_TIMEOUT = 60  # a busy machine is no broken provider
    app: dict[str, Any] = {"client_id": "city", "secret": "s-1"}
    if request.param == "id_gov_ua":
        provider.person = {"drfocode": CODE, "edrpoucode": "", "subjectcn": "Нова Надія"}
        app |= {"settings": {"address": provider.address}}
        settings.SOCIALACCOUNT_PROVIDERS = {"id_gov_ua": {"APP": app}}
    else:
        provider.person = {"sub": "s-7", "email": "Nova@rada.example", "email_verified": True}
        app |= {"provider_id": "openid", "name": "Вхід міста", "settings": {"server_url": provider.address}}  # fmt: skip
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}
        }
    return request.param


def start_address(name: str) -> str:
    return reverse("id_gov_ua_login") if name == "id_gov_ua" else reverse("openid_connect_login", args=["openid"])  # fmt: skip


def go(client, name, **more):
    """To the provider and back with its code; returns the site's last answer."""
    sent = client.post(start_address(name), more)
    assert sent.status_code == 302
    query = parse_qs(urlsplit(sent.url).query)
    callback = urlsplit(query["redirect_uri"][0]).path
    return client.get(callback, {"code": "c-1", "state": query["state"][0]})


def signed_in_as(client: Client) -> str:
    key = client.session.get("_auth_user_id")
    return User.objects.get(pk=key).username if key else ""


@pytest.fixture
def invited(sample, administrator) -> User:
    user = User.objects.create_user("nova")
    services.invite(user=user, by=administrator, person_code=CODE, email="nova@rada.example")
    return user


def test_an_invited_person_signs_in_and_stays_known(invited, provider, switched_on):
    for _time in range(2):
        client = Client()
        assert go(client, switched_on).url == reverse("home")
        assert signed_in_as(client) == "nova"
    assert SocialAccount.objects.get().user == invited
    spent = Invitation.objects.get()
    assert spent.accepted_at is not None
    assert (spent.person_code, spent.email) == ("", "")
    assert User.objects.filter(username="nova").count() == 1


def test_somebody_not_invited_gets_no_account(sample, provider, switched_on):
    before = User.objects.count()
    client = Client()
    answer = go(client, switched_on)
    assert answer.url == reverse("login")
    assert "облікового запису для вас немає" in client.get(answer.url).content.decode()
    assert signed_in_as(client) == ""
    assert (User.objects.count(), SocialAccount.objects.count()) == (before, 0)


def test_an_address_the_provider_has_not_confirmed_claims_nothing(invited, provider, switched_on):
    provider.person |= {"email_verified": False, "drfocode": "", "edrpoucode": "03084813"}
    client = Client()
    assert go(client, switched_on).url == reverse("login")
    assert signed_in_as(client) == ""


def test_an_account_with_the_same_address_is_not_taken_over(sample, officer, provider, switched_on):
    User.objects.filter(pk=officer.pk).update(email="nova@rada.example")
    client = Client()
    go(client, switched_on)
    assert signed_in_as(client) == ""


def test_an_answer_that_was_not_asked_for_is_refused(invited, provider, switched_on):
    client = Client()
    sent = client.post(start_address(switched_on))
    query = parse_qs(urlsplit(sent.url).query)
    callback = urlsplit(query["redirect_uri"][0]).path
    for state in ("", "made-up"):
        assert client.get(callback, {"code": "c", "state": state}).url == reverse("login")
    somebody_else = Client()
    stolen = {"code": "c", "state": query["state"][0]}
    assert somebody_else.get(callback, stolen).url == reverse("login")
    assert signed_in_as(somebody_else) == ""


def test_the_second_factor_is_asked_after_a_provider_too(
    invited, provider, switched_on, with_codes
):
    with_codes(invited)
    client = Client()
    assert go(client, switched_on).url.startswith(reverse("mfa_authenticate"))
    assert signed_in_as(client) == ""


def test_a_signed_in_person_does_not_tie_an_identity_to_their_account(
    officer_client, provider, switched_on
):
    address = start_address(switched_on) + "?process=connect"
    sent = officer_client.post(address)
    query = parse_qs(urlsplit(sent.url).query)
    callback = urlsplit(query["redirect_uri"][0]).path
    officer_client.get(callback, {"code": "c", "state": query["state"][0]})
    assert not SocialAccount.objects.exists()


def test_the_way_back_leads_to_no_other_site(invited, provider, switched_on):
    assert go(Client(), switched_on, next="https://evil.example/").url == reverse("home")


def test_an_account_switched_off_is_not_opened_by_a_provider(invited, provider, switched_on):
    go(Client(), switched_on)
    User.objects.filter(pk=invited.pk).update(is_active=False)
    client = Client()
    go(client, switched_on)
    assert signed_in_as(client) == ""


def test_a_provider_that_does_not_answer_is_told_in_words(invited, provider, switched_on):
    client = Client()
    sent = client.post(start_address(switched_on))
    provider.status = 500
    query = parse_qs(urlsplit(sent.url).query)
    callback = urlsplit(query["redirect_uri"][0]).path
    answer = client.get(callback, {"code": "c", "state": query["state"][0]})
    page = client.get(answer.url).content.decode()
    assert "не вдався" in page or "не відповідає" in page
    if switched_on == "openid":
        answer = client.post(start_address(switched_on))
        assert "не відповідає" in client.get(answer.url).content.decode()


def test_opening_the_way_to_a_provider_asks_first(provider, switched_on):
    assert Client().get(start_address(switched_on)).status_code == 200
    assert provider.asked == []


@pytest.mark.parametrize("switched_on", ["id_gov_ua"], indirect=True)
def test_id_gov_ua_is_asked_as_its_operator_describes(invited, provider, switched_on):
    client = Client()
    sent = client.post(start_address("id_gov_ua"))
    assert sent.url.startswith(f"{provider.address}/?")
    query = parse_qs(urlsplit(sent.url).query)
    assert set(query) == {"response_type", "client_id", "auth_type", "state", "redirect_uri"}
    assert query["auth_type"] == ["dig_sign"]
    client.get(reverse("id_gov_ua_callback"), {"code": "c-1", "state": query["state"][0]})
    assert [path for path, _query in provider.asked] == ["/get-access-token", "/get-user-info"]
    assert provider.asked[0][1]["code"] == ["c-1"]
    assert provider.asked[1][1]["access_token"] == ["t-1"]
    kept = SocialAccount.objects.get()
    assert (kept.uid, kept.extra_data) == (CODE, {})


def test_providers_that_are_off_are_not_there(client):
    for name in ("id_gov_ua", "openid"):
        assert client.get(start_address(name)).status_code == 404
        assert client.post(start_address(name)).status_code == 404
    assert "through" not in client.get(reverse("login")).content.decode()
