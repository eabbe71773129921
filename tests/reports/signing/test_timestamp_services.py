"""A timestamp service at an address, and one that does not answer."""

import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from asn1crypto import tsp

from reports.signing import cms, pdf
from reports.signing.findings import SigningRefused, Verdict
from reports.signing.timestamps import TimestampService
from tests.reports.signing.signing_day import AT

DATA = b'{"a": 1}'


@pytest.fixture
def service(authority):
    """A service on this machine that stamps with the test authority's key; what it was asked is kept."""
    stamping, asked = authority.timestamp_service(at=AT), []

    class Answers(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.headers["Content-Type"])
            request = tsp.TimeStampReq.load(self.rfile.read(int(self.headers["Content-Length"])))
            answer = stamping.request_tsa_response(request).dump()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/", asked
    server.shutdown()
    server.server_close()


def test_a_service_at_an_address_stamps_a_file_and_a_pdf(service, head, report_pdf, check):
    url, asked = service
    stamps = TimestampService(url)
    beside = cms.sign_detached(DATA, head, at=AT, timestamp_service=stamps)
    inside = pdf.sign_pdf(report_pdf, head, reason="", at=AT, timestamp_service=stamps)
    for (finding,) in (check(beside, originals={"a.json": DATA}), check(inside)):
        assert (finding.verdict, finding.level, finding.signed_at) == (Verdict.VALID, "B-T", AT)
    assert set(asked) == {"application/timestamp-query"}


def test_a_service_that_does_not_answer_refuses_the_signature_in_words(head, report_pdf):
    stamps = TimestampService("http://127.0.0.1:9/")
    with pytest.raises(SigningRefused, match="служба позначок часу не відповіла"):
        pdf.sign_pdf(report_pdf, head, reason="", at=AT, timestamp_service=stamps)
    with pytest.raises(SigningRefused, match="служба позначок часу не відповіла"):
        cms.sign_detached(DATA, head, at=AT, timestamp_service=stamps)


def test_what_is_no_pdf_is_not_signed(head):
    with pytest.raises(SigningRefused, match="PDF не читається"):
        pdf.sign_pdf(b"%PDF-1.7 torn", head, reason="", at=AT)


def test_only_an_http_address_is_one():
    with pytest.raises(ValueError, match="http address"):
        TimestampService("file:///etc/passwd")
