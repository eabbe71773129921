"""Nothing is left behind without a reason, and every kind of value travels."""

import zipfile

import pytest
from django.apps import apps
from django.db import connection

from archive import contents, stored_files

# What rows.py writes and reads back, each tried by the round trip; a field of another kind is tried there first.
KINDS = {
    "AutoField", "BigAutoField", "BigIntegerField", "BooleanField", "CharField", "DateField", "DateTimeField",
    "FileField", "ForeignKey", "IntegerField", "JSONField", "OneToOneField", "PositiveIntegerField",
    "PositiveSmallIntegerField", "SlugField", "TextField",
}  # fmt: skip


@pytest.mark.django_db
def test_every_table_travels_or_is_left_out_with_a_reason():
    archived = {model._meta.db_table for model in contents.archived_models()}
    left = {apps.get_model(label)._meta.db_table for label in contents.LEFT_OUT}
    assert not archived & left
    known = archived | left | contents.LEFT_OUT_TABLES.keys()
    # The tests count attempts in memory; a site counts them in this table.
    assert set(connection.introspection.table_names()) | {"counters"} == known
    for reason in [*contents.LEFT_OUT.values(), *contents.LEFT_OUT_TABLES.values()]:
        assert len(reason.split()) > 2


def test_an_archive_holds_every_table_that_travels(archive):
    with zipfile.ZipFile(archive) as packed:
        held = {name for name in packed.namelist() if name.startswith("data/")}
    assert held == {f"data/{m._meta.label}.jsonl" for m in contents.archived_models()}
    assert len(held) > 50


@pytest.mark.parametrize(
    "model", [*contents.archived_models()], ids=lambda model: model._meta.label
)
def test_every_column_is_of_a_kind_that_travels(model):
    assert {f.get_internal_type() for f in model._meta.local_concrete_fields} <= KINDS
    assert not model._meta.parents, "rows of a parent would be counted twice"


def test_results_of_long_work_stay_behind(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    for name in ("jobs/book.pdf", "acts/jobs/decision.pdf"):
        path = tmp_path / name
        path.parent.mkdir(parents=True)
        path.write_bytes(b"%PDF")
    assert list(stored_files.stored_names()) == ["acts/jobs/decision.pdf"]
