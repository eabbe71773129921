"""The state's trust list, fetched by a timer."""

import datetime as dt
import io
import urllib.request
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.reports.signing.signing_day import AT

LISTED = Path(__file__).parent / "signing"
ADDRESS = "https://czo.example/list.xml"


@pytest.fixture
def fetch(settings, tmp_path, monkeypatch):
    """Runs the command on the day the list was current, with this content behind the address."""
    settings.TRUST_LIST = str(tmp_path / "list.xml")
    settings.TRUST_LIST_SIGNERS = [str(LISTED / "trust_list_signer.pem")]
    Path(settings.TRUST_LIST).write_bytes(b"the old one")
    monkeypatch.setattr(timezone, "now", lambda: AT)

    def run(content: bytes, address: str = ADDRESS) -> str:
        def opened(asked, timeout):
            assert asked == ADDRESS
            return io.BytesIO(content)

        monkeypatch.setattr(urllib.request, "urlopen", opened)
        told = io.StringIO()
        call_command("fetch_trust_list", address, stdout=told)
        return told.getvalue()

    return run


def kept(settings) -> bytes:
    return Path(settings.TRUST_LIST).read_bytes()


def test_a_list_whose_signature_holds_takes_the_place_of_the_old_one(fetch, settings):
    listed = (LISTED / "trust_list.xml").read_bytes()
    assert fetch(listed) == (
        "ТЕСТОВИЙ орган: 2 issuers, 1 timestamp services, next update 2024-08-01.\n"
    )
    assert kept(settings) == listed


@pytest.mark.parametrize(
    "spoil",
    [
        lambda listed: listed.replace(b"withdrawn", b"granted"),
        lambda listed: listed[: len(listed) // 2],
        lambda _listed: b"",
    ],
)
def test_a_list_that_cannot_be_believed_changes_nothing(fetch, settings, spoil):
    with pytest.raises(CommandError, match="nothing was changed"):
        fetch(spoil((LISTED / "trust_list.xml").read_bytes()))
    assert kept(settings) == b"the old one"


def test_a_list_past_its_next_update_changes_nothing(fetch, settings, monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: AT + dt.timedelta(days=400))
    with pytest.raises(CommandError, match="nothing was changed"):
        fetch((LISTED / "trust_list.xml").read_bytes())
    assert kept(settings) == b"the old one"


def test_only_https_and_only_where_the_settings_say(fetch, settings):
    with pytest.raises(CommandError, match="https"):
        fetch(b"", "http://czo.example/list.xml")
    settings.TRUST_LIST_SIGNERS = []
    with pytest.raises(CommandError, match="EPROGRAM_TRUST_LIST_SIGNERS"):
        fetch(b"")
