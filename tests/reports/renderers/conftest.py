import pytest

from reports.documents.base import Document
from tests.reports.renderers.samples import sample_document


@pytest.fixture(scope="session")
def document() -> Document:
    return sample_document()
