"""Перелік завдань і заходів програми (document 3 b) as of a date, after an act, or with a draft previewed."""

import datetime as dt

from budgets.choices import ActKind, Layout
from budgets.models import Act, Programme
from reports.documents import programme_plan, programme_printed
from reports.documents.base import Approval, Document, Paragraph, Section
from reports.documents.programme_layouts import is_conditional, measures_table
from reports.documents.programme_plan import Plan
from reports.documents.programme_tree import Shown

KIND = "programme-measures"
EDITION = "еПрограма, форма 3"
_CAPTIONS = {
    Layout.UNITS: "Завдання і заходи за роками та розпорядниками бюджетних коштів",
    Layout.YEARS: "Завдання і заходи за роками",
    Layout.FUNDS: "Завдання і заходи за роками та фондами бюджету",
    Layout.STAGES: "Завдання і заходи за етапами",
}
CONDITIONAL = "* – за умови впровадження"


def build(
    programme: Programme,
    *,
    as_of: dt.date | None = None,
    act: Act | None = None,
    layout: str | None = None,
    approval: Approval | None = None,
) -> Document:
    """The consolidated table: every figure the sum of the acts in force on the day, or through one act.

    A draft ``act`` is previewed on top of what is in force and marks the paper «ПРОЄКТ». Raises RuleViolation for an
    act that was withdrawn or not yet in force. Units: hryvnias, printed in the programme's unit.
    """
    return of_plan(
        programme_plan.load(programme, as_of=as_of, act=act),
        act=act,
        layout=layout,
        approval=approval,
    )


def of_plan(
    plan: Plan,
    *,
    act: Act | None = None,
    layout: str | None = None,
    approval: Approval | None = None,
) -> Document:
    """The same from a plan that is already read."""
    programme, chosen = plan.programme, Layout(layout or plan.programme.layout)
    shown = Shown(plan, plan.figures(plan.acts), {}, plan.latest_words)
    table = measures_table(shown, chosen, depends_on=plan.unknown)
    notes = tuple(Paragraph(key, text) for key, text in state(plan))
    sections = [Section("", "", notes), Section("1", _CAPTIONS[chosen], (table,))]
    is_draft = act is not None and act.is_open
    if found := [] if is_draft else _printed_differences(plan):
        sections.append(programme_printed.section(plan, found, "2"))
    return Document(
        kind=KIND,
        edition=EDITION,
        title=f"Перелік завдань і заходів\n{programme.title}",
        file_stem=f"{programme.slug}-zakhody-{stem(plan, act)}",
        meta=meta(plan, act) | {"layout": chosen.value},
        sections=tuple(sections),
        approval=approval,
        footnotes=(CONDITIONAL,) if is_conditional(table) else (),
        draft_mark="ПРОЄКТ" if is_draft else "",
    )


def state(plan: Plan) -> list[tuple[str, str]]:
    """By which acts the programme is what it is, and what is not known of it: keys and texts of paragraphs."""
    if not plan.acts:
        return [("state", "Програму не затверджено жодним актом.")]
    day = f"Станом на {plan.as_of:%d.%m.%Y}: " if plan.as_of else ""
    acts = "; ".join(plan.act_words[act.pk] for act in plan.acts)
    texts = [("state", f"{day}{acts}." if day else f"Акти: {acts}.")]
    if plan.unknown:
        texts.append(("incomplete", incomplete(plan)))
    return texts


def incomplete(plan: Plan) -> str:
    lacking = "; ".join(plan.act_words[act.pk] for act in plan.unknown)
    which, whose = ("цього акта", "його") if len(plan.unknown) == 1 else ("цих актів", "їхніх")
    return (
        f"НЕПОВНІ ДАНІ. Рядки {which} невідомі: {lacking}. Суми й кількості нижче {whose} змін не враховують"
        " і можуть відрізнятися від чинних."
    )


def meta(plan: Plan, act: Act | None) -> dict[str, str | int]:
    """What identifies a paper of the programme."""
    found: dict[str, str | int] = {"programme": plan.programme.slug, "acts": len(plan.acts)}
    if plan.as_of is not None:
        found["as_of"] = plan.as_of.isoformat()
    if act is not None:
        found |= {"act": act.number or str(act.pk), "status": act.status}
    if plan.unknown:
        found["incomplete"] = "; ".join(plan.act_words[each.pk] for each in plan.unknown)
    return found


def stem(plan: Plan, act: Act | None) -> str:
    """The end of a file name: the act by its number or, where it has none, its key; or the day."""
    if act is not None:
        number = "".join(char for char in act.number if char.isascii() and char.isalnum())
        return f"{'proiekt' if act.is_open else 'akt'}-{number or act.pk}"
    return plan.as_of.isoformat() if plan.as_of else "chynna"


def _printed_differences(plan: Plan) -> list[programme_printed.Difference]:
    """Of the last act that prints the whole table."""
    whole = [act for act in plan.acts if act.kind != ActKind.AMENDMENT]
    return programme_printed.differences(plan, whole[-1]) if whole else []
