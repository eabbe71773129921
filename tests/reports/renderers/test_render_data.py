import json
from decimal import Decimal

from reports.documents.base import Document
from reports.renderers.data import render


def table(document: Document, key: str) -> dict:
    read = json.loads(render(document))
    blocks = [block for section in read["sections"] for block in section["blocks"]]
    return next(block for block in blocks if block["type"] == "table" and block["key"] == key)


def test_figures_are_exact_text(document: Document):
    for item in document.tables:
        for row, read in zip(item.rows, table(document, item.key)["rows"], strict=True):
            assert set(read["cells"]) == set(row.cells)
            for key, text in read["cells"].items():
                value = row.value(key)
                if isinstance(value, Decimal):
                    assert isinstance(text, str)
                    assert Decimal(text) == value
                    assert len(text.partition(".")[2]) >= 2


def test_known_values(document: Document):
    rows = {row["key"]: row for row in table(document, "indicators")["rows"]}
    assert rows["share"]["cells"]["approved_general"] == "0.1255"
    assert rows["cost"]["cells"]["deviation_total"] == "-35000.00"
    assert rows["cost"]["cells"]["number"] == 1
    assert rows["cost"]["sources"]["actual_total"] == {
        "kind": "cash",
        "text": "касові видатки 2023 року за рядком 1",
    }
    assert "sources" not in rows["group-1"]


def test_dates_sums_and_texts(document: Document):
    read = json.loads(render(document))
    assert table(document, "execution")["rows"][1]["cells"]["paid_on"] == "2023-12-31"
    assert table(document, "execution")["rows"][2]["cells"]["percent"] is None
    assert read["sections"][1]["blocks"][0]["parts"][1] == {"amount": "1000195010.17"}
    assert read["meta"] == {"programme": "0217530", "year": 2023}
    assert read["signatures"][0] == {
        "heading": "",
        "position": "Керуючий справами",
        "name": "Ольга ПАШКО",
    }


def test_letters_stay_letters_and_bytes_stay_the_same(document: Document):
    content = render(document)
    assert "Ольга ПАШКО".encode() in content
    assert content == render(document)
