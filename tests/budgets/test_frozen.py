"""What is approved or recorded does not change, on any path that leads to the database."""

import datetime as dt
from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db import DatabaseError, connection, models, transaction
from django.db.models import ProtectedError

from budgets.models import (
    CashEntry,
    Goal,
    LineAllocation,
    LocalProgramme,
    PassportRevision,
    PassportTask,
    RevisionRow,
    Signatory,
    SpendingLine,
    frozen,
)
from budgets.services import passports
from indicators.models import Indicator

ROWS = [Goal, PassportTask, LocalProgramme, SpendingLine, Signatory, Indicator]


@contextmanager
def refused():
    """The database refuses, and says that it is because of frozen rows and not for another reason."""
    with (
        pytest.raises(DatabaseError, match="frozen: approved or recorded rows"),
        transaction.atomic(),
    ):
        yield


def run(sql, *values):
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.fixture
def draft(sample, officer):
    return passports.revise(passport=sample, by=officer)


@pytest.fixture
def entry(sample):
    return CashEntry.objects.filter(line__revision__passport=sample).first()


# Triggers


def stored_triggers():
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
            )
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        return {name for (name,) in cursor.fetchall()}


def test_every_frozen_model_has_its_triggers_after_migrate(db):
    wanted = {
        name
        for model in frozen.frozen_models()
        for name in frozen.trigger_names(model, connection.vendor)
    }
    assert wanted <= stored_triggers()
    assert len(wanted) > 2 * len(ROWS)


def test_whatever_belongs_to_a_revision_is_frozen_with_it(db):
    models_ = set(frozen.frozen_models())
    assert {PassportRevision, LineAllocation, CashEntry, *ROWS} <= models_
    assert {model for model in ROWS if issubclass(model, RevisionRow)} == set(ROWS)


def test_frozen_columns_name_real_columns():
    for model in frozen.frozen_models():
        columns = {field.column for field in model._meta.concrete_fields}
        assert set(getattr(model, "frozen_columns", ())) <= columns, model
        assert set(getattr(model, "kept_columns", ())) <= columns, model


def test_triggers_come_back_after_they_were_dropped(db):
    before = stored_triggers()
    frozen.drop_triggers()
    assert not {name for name in stored_triggers() if "_frozen_" in name}
    frozen.install_triggers()
    frozen.install_triggers()  # may be repeated
    assert stored_triggers() == before


# An approved revision


@pytest.mark.parametrize("sql", ["UPDATE budgets_passportrevision SET purpose = 'x' WHERE id = %s",
    "UPDATE budgets_passportrevision SET status = 'draft' WHERE id = %s",
    "UPDATE budgets_passportrevision SET version = version + 1 WHERE id = %s",
    "DELETE FROM budgets_passportrevision WHERE id = %s"])  # fmt: skip
def test_an_approved_revision_resists_raw_sql(revision, sql):
    with refused():
        run(sql, revision.pk)


def test_an_approved_revision_resists_the_orm(revision):
    with refused():
        PassportRevision.objects.filter(pk=revision.pk).update(purpose="x")
    revision.purpose = "x"
    with refused():
        revision.save()
    with refused():
        PassportRevision.objects.bulk_update([revision], ["purpose"])
    with refused():
        PassportRevision.objects.filter(pk=revision.pk)._raw_delete("default")
    revision.refresh_from_db()
    assert revision.purpose != "x"


def test_a_draft_can_be_changed_and_then_approved(draft):
    PassportRevision.objects.filter(pk=draft.pk).update(purpose="x")
    PassportRevision.objects.filter(pk=draft.pk).update(
        status="approved", order_number="1", order_date=dt.date(2023, 9, 1)
    )
    with refused():
        PassportRevision.objects.filter(pk=draft.pk).update(status="draft")


# Its rows


@pytest.mark.parametrize("model", ROWS)
def test_rows_of_an_approved_revision_are_not_changed(revision, model):
    row = model.objects.filter(revision=revision).first()
    row.number += 100
    with refused():
        model.objects.filter(pk=row.pk).update(number=row.number)
    with refused():
        model.objects.bulk_update([row], ["number"])
    with refused():
        row.save()
    with refused():
        run(f"UPDATE {model._meta.db_table} SET number = 99 WHERE id = %s", row.pk)  # noqa: S608


@pytest.mark.parametrize("model", ROWS)
def test_rows_of_an_approved_revision_are_not_deleted(revision, model):
    row = model.objects.filter(revision=revision).last()
    with refused():
        model.objects.filter(pk=row.pk)._raw_delete("default")
    with refused():
        run(f"DELETE FROM {model._meta.db_table} WHERE id = %s", row.pk)  # noqa: S608
    if not issubclass(
        model, LocalProgramme | SpendingLine | Indicator
    ):  # those are protected anyway
        with refused():
            row.delete()


@pytest.mark.parametrize("model", ROWS)
def test_nothing_is_added_to_an_approved_revision(revision, model):
    row = model.objects.filter(revision=revision).first()
    row.pk, row.role = None, "finance"
    with refused():
        model.objects.bulk_create([row])
    row._state.adding = True
    with refused():
        row.save()


@pytest.mark.parametrize("model", ROWS)
def test_rows_are_moved_neither_out_of_an_approved_revision_nor_into_it(revision, draft, model):
    with refused():
        model.objects.filter(revision=revision).update(revision=draft)
    with refused():
        model.objects.filter(revision=draft).update(revision=revision)


@pytest.mark.parametrize("model", ROWS)
def test_rows_of_a_draft_are_changed_freely(draft, model):
    assert model.objects.filter(revision=draft).update(number=7) > 0


def test_allocations_follow_the_revision_of_their_line(revision, draft):
    row = LineAllocation.objects.filter(line__revision=revision).first()
    of_draft = LineAllocation.objects.filter(line__revision=draft).first()
    with refused():
        LineAllocation.objects.filter(pk=row.pk).update(general=Decimal(1))
    with refused():
        run("UPDATE budgets_lineallocation SET special = 1 WHERE id = %s", row.pk)
    with refused():
        LineAllocation.objects.filter(pk=row.pk).delete()
    with refused():
        LineAllocation.objects.filter(pk=row.pk).update(line=of_draft.line)
    with refused():
        LineAllocation.objects.filter(pk=of_draft.pk).update(line=row.line)
    row.pk, row.economic_code_id = None, row.economic_code_id + 1
    with refused():
        LineAllocation.objects.bulk_create([row])
    assert LineAllocation.objects.filter(pk=of_draft.pk).update(general=Decimal(1)) == 1


def test_a_revision_does_not_go_with_its_rows(revision):
    with refused():
        Goal.objects.filter(revision=revision).delete()
    with pytest.raises((models.ProtectedError, DatabaseError)), transaction.atomic():
        revision.delete()
    assert PassportRevision.objects.filter(pk=revision.pk).exists()


def test_no_frozen_model_has_a_many_to_many_table_that_triggers_would_not_see():
    assert [model for model in frozen.frozen_models() if model._meta.many_to_many] == []


# Cash


def other(entry, column):
    """Another valid value of the column, so that nothing but the trigger can refuse it."""
    field = next(f for f in CashEntry._meta.concrete_fields if f.column == column)
    value = getattr(entry, field.attname)
    if isinstance(field, models.ForeignKey) and column != "reverses_id":
        pks = list(field.related_model._default_manager.values_list("pk", flat=True))
        return next(pk for pk in pks if pk != value)
    match column:
        case "fund":
            return "special"
        case "origin":
            return "pasted"
        case "reverses_id":
            return CashEntry.objects.exclude(pk=entry.pk).first().pk
        case "amount" | "id":
            return entry.pk + 100_000
    return value + dt.timedelta(days=1)


@pytest.mark.parametrize("column", CashEntry.frozen_columns)
def test_what_was_paid_when_and_by_whom_never_changes(entry, column):
    new = other(entry, column)
    with refused():
        run(f"UPDATE budgets_cashentry SET {column} = %s WHERE id = %s", new, entry.pk)  # noqa: S608
    try:
        field = CashEntry._meta.get_field(column.removesuffix("_id"))
    except FieldDoesNotExist:
        pytest.fail(f"no field for {column}")
    with refused():
        CashEntry.objects.filter(pk=entry.pk).update(**{field.attname: new})


def test_an_entry_is_not_deleted(entry):
    with pytest.raises(ProtectedError):  # its shares stand in the way already
        entry.delete()
    with refused():
        run("DELETE FROM budgets_cashentry")
    assert CashEntry.objects.count() == 18 + 9


def test_the_words_around_a_payment_can_change(entry):
    changed = {"document_number": "9", "counterparty": "ТОВ", "note": "лист", "version": 2}
    assert CashEntry.objects.filter(pk=entry.pk).update(**changed) == 1
    entry.refresh_from_db()
    assert entry.document_number == "9"
    entry.save()


def test_every_column_of_money_is_frozen():
    """A new column of a ledger is frozen unless it is one of the words around the figure."""
    words = {"document_number", "counterparty", "note", "version"}
    columns = {field.column for field in CashEntry._meta.concrete_fields}
    assert columns - set(CashEntry.frozen_columns) == words


def test_a_reversal_is_frozen_like_any_entry(entry, officer):
    reversing = CashEntry.objects.create(
        line=entry.line, fund=entry.fund, economic_code=entry.economic_code, paid_on=entry.paid_on,
        amount=-entry.amount, origin="reversal", reverses=entry, created_by=officer,
    )  # fmt: skip
    with refused():
        CashEntry.objects.filter(pk=reversing.pk).update(amount=Decimal("-1.00"))
    with refused():
        run("UPDATE budgets_cashentry SET reverses_id = NULL WHERE id = %s", reversing.pk)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own spelling")
def test_insert_or_replace_is_a_delete_too(entry):
    columns = ", ".join(field.column for field in CashEntry._meta.concrete_fields)
    others = columns.replace("amount", "amount + 1", 1)
    with refused():
        run(
            f"INSERT OR REPLACE INTO budgets_cashentry ({columns}) "  # noqa: S608
            f"SELECT {others} FROM budgets_cashentry WHERE id = %s",
            entry.pk,
        )


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's own spelling")
def test_replacing_is_refused_to_programs_that_know_no_recursive_triggers(entry, revision):
    """As the command line of SQLite does: the delete trigger stays silent there."""
    run("PRAGMA recursive_triggers = OFF")
    try:
        for table, pk, changed in (
            ("budgets_cashentry", entry.pk, ("amount", "amount + 1")),
            ("budgets_passportrevision", revision.pk, ("status", "'draft'")),
        ):
            model = next(m for m in frozen.frozen_models() if m._meta.db_table == table)
            columns = ", ".join(f'"{field.column}"' for field in model._meta.concrete_fields)
            others = columns.replace(f'"{changed[0]}"', changed[1], 1)
            with refused():
                sql = f"REPLACE INTO {table} ({columns}) SELECT {others} FROM {table} WHERE id = %s"  # noqa: S608
                run(sql, pk)
    finally:
        run("PRAGMA recursive_triggers = ON")


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has no TRUNCATE")
@pytest.mark.parametrize("table", ["budgets_cashentry", "budgets_lineallocation", "budgets_goal"])
def test_frozen_tables_are_not_truncated(sample, table):
    with refused():
        run(f"TRUNCATE {table} CASCADE")


def test_a_revision_is_not_born_approved(revision):
    with refused():
        run(
            "INSERT INTO budgets_passportrevision (passport_id, number, status, order_number, order_date,"
            " legal_grounds, purpose, head, version, changed_at, changed_by_id) SELECT passport_id, 9, status,"
            " order_number, order_date, legal_grounds, purpose, head, version, changed_at, changed_by_id"
            " FROM budgets_passportrevision WHERE id = %s",
            revision.pk,
        )


def test_the_year_of_an_approved_passport_does_not_change(sample):
    with refused():
        run("UPDATE budgets_passport SET year = 2022 WHERE id = %s", sample.pk)
