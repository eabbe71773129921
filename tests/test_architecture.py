"""Rules that hold for every model, address, template, document and file; a new one is judged without being named here."""

import dataclasses
import datetime as dt
import re
import subprocess
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models
from django.template import engines
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from budgets.fields import ExactDecimalField, MoneyField
from budgets.models import BudgetDecision, CashEntry, Ceiling, Programme, frozen
from budgets.services import acts, passports
from budgets.views.passports import ROW_SECTIONS
from budgets.views.programmes import PARTS
from indicators.effectiveness import LETTER
from indicators.models import EffectivenessScale
from reports import checks
from reports.background import queue
from reports.catalogue import KINDS, PERIOD_KINDS, PROGRAMME_KINDS
from reports.models import IssuedReport
from reports.periods import ReportingPeriod
from reports.renderers import FORMATS
from reports.services import campaigns
from tests.reports import issued_samples

ROOT = Path(__file__).parent.parent
OWN_APPS = ("accounts", "archive", "budgets", "indicators", "reports")
OWN_MODELS = [model for name in OWN_APPS for model in apps.get_app_config(name).get_models()]
SOURCES = sorted(
    path
    for name in ("eprogram", *OWN_APPS, "scripts")
    for path in (ROOT / name).rglob("*.py")
    if "migrations" not in path.parts
)
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


# Models


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda model: model._meta.label)
def test_every_model_says_what_it_is(model):
    """In its docstring, or in a Ukrainian name of its own; Django's defaults do not count."""
    explained = model.__doc__ and not model.__doc__.startswith(f"{model.__name__}(")
    named = model._meta.verbose_name != models.options.camel_case_to_spaces(model.__name__)
    assert explained or named


@pytest.mark.parametrize("model", OWN_MODELS, ids=lambda model: model._meta.label)
def test_no_model_keeps_figures_in_floats_or_in_decimals_of_the_database(model):
    inexact = (models.FloatField, models.DecimalField)
    assert [f.name for f in model._meta.concrete_fields if isinstance(f, inexact)] == []


def test_amounts_are_money_and_other_figures_are_exact():
    """A figure kept as it was printed is text, and nothing is summed from it."""
    figures = {"amount", "general", "special", "total", "plan", "paid"}
    fields = [f for m in OWN_MODELS for f in m._meta.concrete_fields if f.name in figures]
    numbers = [f for f in fields if not isinstance(f, models.CharField | models.TextField)]
    assert len(numbers) >= 7
    for number in numbers:
        wanted = ExactDecimalField if number.model._meta.app_label == "indicators" else MoneyField
        assert isinstance(number, wanted), number


def test_every_table_with_money_is_watched_by_triggers():
    """But for ceilings: forecasts of the budget that warn and are part of no act."""
    with_money = {m for m in OWN_MODELS if any(isinstance(f, MoneyField) for f in m._meta.fields)}
    assert with_money - {Ceiling} <= set(frozen.frozen_models())


# Addresses


def patterns(resolver=None, prefix=""):
    """Every address of the site as (name, route)."""
    for item in (resolver or get_resolver()).url_patterns:
        route = prefix + str(item.pattern)
        if isinstance(item, URLResolver):
            namespace = f"{item.namespace}:" if item.namespace else ""
            yield from ((namespace + name, full) for name, full in patterns(item, route))
        elif isinstance(item, URLPattern):
            yield item.name or "", route


API = "api/v1/"  # judged by tests/api/test_matrix.py
OWN_NAMES = [name for name, route in patterns() if not route.startswith(("admin/", API))]
OPEN_TO_ALL = {
    "login": "where one signs in",
    "account_login": "the same page under the name the library looks for",
    "sign_in_cancel": "from the second step back to the first; nobody is signed in between them",
    "mfa_authenticate": "the second step; leads to the first without it",
    "mfa_login_webauthn": "signs in with a passkey",
    "id_gov_ua_login": "leads to the provider; not there while it is off",
    "id_gov_ua_callback": "the provider's answer",
    "openid_connect_login": "leads to the provider; not there while it is off",
    "openid_connect_callback": "the provider's answer",
    "invitation": "who holds a live link sets the first password",
    "verify": "anybody checks a copy",
    "verify_code": "the address printed on issued reports",
    "published": "what the city published",
    "published_report": "a published report",
    "published_file": "its open data",
    "health": "says ok and nothing else",
}
KINDS_TO_ISSUE = ("passport-execution", "passport")
PAPERS = {
    "report_issue": {"kind": "passport-execution"},
    "programme_issue": {"kind": "programme-passport"},
}
ADMIN_PAGES = ["admin:index", "admin:auth_user_changelist", "admin:auth_user_add",
               "admin:budgets_membership_changelist", "admin:budgets_membership_add"]  # fmt: skip


@pytest.fixture
def addresses(sample, officer):
    """Every own address with what stands in the sample; the sample gets a draft of changes, too.

    An address with parameters that are not known here fails the tests below: add its values.
    """
    draft = passports.revise(passport=sample, by=officer)
    payment = CashEntry.objects.filter(line__revision__passport=sample, paid_on__month=6).first()
    programme = sample.programme
    known = {
        "pk": [sample.pk],
        "passport_pk": [sample.pk],
        "number": [1, draft.number],
        "month": [6],
        "unit_pk": [sample.programme.responsible_unit_id],
        "year": [2023],
        "root_id": [draft.indicators.get(number=20).root_id],
        "cell": [f"{payment.line_id}-{payment.fund}-{payment.economic_code.code}"],
        "slug": ["zhytomyr-e-misto"],
        "section": list(ROW_SECTIONS),
        "part": list(PARTS),
        "kind": list(KINDS),
        "token": ["no-such-invitation"],
        "provider_id": ["openid"],
        "format_name": [name for name in FORMATS if name != "pdf"],  # a second each
    }
    pks = {
        "payment_correct": payment.pk,
        "payment_reverse": payment.pk,
        "community_edit": programme.community_id,
        "unit_edit": programme.key_unit_id,
        "programme_edit": programme.pk,
        "decision": BudgetDecision.objects.get().pk,
        "mfa_edit_webauthn": 1,
        "mfa_remove_webauthn": 1,
    }
    scale = EffectivenessScale.objects.create(
        community=programme.community,
        grounds="рішення",
        valid_from=dt.date(2050, 1, 1),
        **dataclasses.asdict(LETTER),
    )
    pks["effectiveness_scale_edit"] = scale.pk
    # Acts and the measures of a draft
    programme_draft = acts.open_draft(
        programme=Programme.objects.get(slug="zhytomyr-e-misto"), by=officer
    )
    known["line_pk"] = [payment.line_id]
    measure = programme_draft.programme.measures.first()
    own = CashEntry.objects.create(
        programme=programme_draft.programme, fund="general", paid_on="2020-01-01", amount=1, created_by=officer
    )  # fmt: skip
    own.shares.create(measure=measure, amount=own.amount)
    pks |= dict.fromkeys(("programme_payment_correct", "programme_payment_reverse"), own.pk)
    decision = BudgetDecision.objects.create(
        community=programme.community, year=2023, kind="amendment", number="1", date="2023-02-01",
        in_force_from="2023-02-01", changed_by=officer,
    )  # fmt: skip
    pks |= dict.fromkeys(("decision_edit", "decision_adopt", "decision_discard"), decision.pk)
    job = queue.ask(
        kind="book",
        asked={"year": sample.year, "documents": [f"passport:{sample.pk}"]},
        title="Річна книга",
        community=sample.programme.community,
        by=officer,
    )
    known["job_pk"] = [job.pk]
    known["measure_pk"] = [programme_draft.programme.measures.first().pk]
    # The indicators of the programme, with a file that is not on the disk
    indicator = programme_draft.programme.programmeindicators.first()
    evidence = indicator.evidence.create(
        year=2021, file="lost.pdf", name="lost.pdf", format="pdf", size=1, added_by=officer
    )
    known |= {"indicator_pk": [indicator.pk], "evidence_pk": [evidence.pk], "period": ["2021"]}
    pks |= {name: programme_draft.pk for name in OWN_NAMES if name.partition("_")[0] == "act"}
    campaign = campaigns.open_campaign(
        programme=programme_draft.programme, period=ReportingPeriod.read("2023-year"), by=officer
    )
    report = campaign.reports.first()
    pks |= {name: report.pk for name in OWN_NAMES if name.startswith("unit_report")}
    pks["reporting_edit"] = programme.community_id
    # Issued reports: one that waits for signatures, one that is published
    waiting, open_ = (issued_samples.issued(sample, officer, kind) for kind in KINDS_TO_ISSUE)
    IssuedReport.objects.filter(pk=open_.pk).update(status="signed", published_at=timezone.now())
    pks |= {name: waiting.pk for name in OWN_NAMES if name.startswith("issued_")}
    known |= {"code": [open_.code], "file_name": []}
    file_names = {"issued_file": f"{waiting.name}.pdf", "published_file": f"{open_.name}.csv"}
    of_campaigns = {name for name in OWN_NAMES if name.startswith(("campaign", "unit_report"))}
    found = defaultdict(list)
    for name, route in patterns():
        if name in OWN_NAMES:
            chosen = [{}]
            for key in re.findall(r"<(?:\w+:)?(\w+)>", route):
                values = [pks[name]] if key == "pk" and name in pks else known[key]
                if key == "file_name":
                    values = [file_names[name]]
                if name in PAPERS and key in PAPERS[name]:
                    values = [PAPERS[name][key]]
                if key == "period" and name in of_campaigns:
                    values = [campaign.period.key]
                chosen = [{**one, key: value} for one in chosen for value in values]
            found[name] += [reverse(name, kwargs=values) for values in chosen]
    return dict(found)


def test_every_page_wants_a_sign_in_except_the_sign_in_itself(addresses):
    anonymous = Client()
    for name, urls in addresses.items():
        for url in urls[:1]:
            for answer in (anonymous.get(url), anonymous.post(url)):
                if name in OPEN_TO_ALL:
                    # A closed door, a way back to the sign-in, or the page itself.
                    assert answer.status_code in {200, 302, 404, 405, 410, 422}, url
                    assert answer.status_code != 302 or answer.url == reverse("login"), url
                else:
                    assert answer.status_code == 302, url
                    assert answer.url.startswith(f"{reverse('login')}?next={url}"), url
    assert addresses.keys() >= OPEN_TO_ALL.keys()


@pytest.mark.parametrize("name", ADMIN_PAGES)
def test_the_account_pages_want_a_sign_in_too(db, name):
    answer = Client().get(reverse(name))
    assert answer.status_code == 302
    assert "login" in answer.url


def test_every_address_is_either_known_here_or_belongs_to_the_accounts():
    assert len(OWN_NAMES) == len(set(OWN_NAMES)), "two addresses of one name"
    assert "" not in OWN_NAMES


WRITES = re.compile(
    r"\s*(INSERT|UPDATE|DELETE|REPLACE|MERGE|TRUNCATE|DROP|ALTER|CREATE)\b", re.IGNORECASE
)


def written(queries):
    """Statements that write; what the session keeps is no domain data."""
    return [
        q["sql"] for q in queries if WRITES.match(q["sql"]) and "django_session" not in q["sql"]
    ]


def opened(client, url):
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
        answer.getvalue()
    return answer, written(queries)


def test_opening_a_page_writes_nothing(addresses, officer_client):
    """Every address with every section, kind and format; 405 is an address that only takes POST."""
    statuses = defaultdict(set)
    for name, urls in addresses.items():
        for url in urls:
            answer, writes = opened(officer_client, url)
            assert writes == [], url
            # A figure needs its place in the query, papers of an act the act, a row its measure; the act and the job have no
            # file yet, that of the evidence is lost; founding a community is the superuser's; an open month has nothing to reopen; providers are
            # off, the invitation is made up, and the person has no second factor to show or remove.
            alone = name in {
                "community_new",
                "programme_figure",
                "session_package",
                "programme_download",
                "act_row_new",
                "act_file",
                "job_file",
                "target_evidence_file",
                "month_reopen",
                "month_exception",
                "invitation",
                "mfa_deactivate_totp",
                "mfa_view_recovery_codes",
                "mfa_download_recovery_codes",
                "id_gov_ua_login",
                "id_gov_ua_callback",
                "openid_connect_login",
                "openid_connect_callback",
            }
            assert answer.status_code in {200, 302, 405} or alone, (url, answer)
            statuses[answer.status_code].add(name)
    assert len(statuses[200]) > 25
    # Ways back: signed in already, an approved revision has nothing to edit, the return from signing in, an act
    # that is not agreed is not adopted; the second factor changes only after the password once more.
    assert statuses[302] <= {
        "login",
        "account_login",
        "mfa_login_webauthn",
        "mfa_authenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "mfa_activate_totp",
        "mfa_generate_recovery_codes",
        "mfa_add_webauthn",
        "mfa_edit_webauthn",
        "mfa_remove_webauthn",
        "tokens",
        "cash_cells",
        "edit_texts",
        "edit_rows",
        "edit_lines",
        "edit_indicators",
        "act_cells",
        "act_adopt",
        "campaign_issue",
    }
    assert statuses[405] <= {
        "logout", "sign_in_cancel", "passport_revise", "revision_agree", "revision_return", "revision_approve",
        "revision_discard", "revision_copy", "indicator_save", "target_actual_save", "target_evidence_remove", "decision_adopt", "decision_discard",
        "act_new", "act_submit", "act_agree", "act_return", "act_measure_restore", "act_measure_remove",
        "campaign_close", "unit_report_row", "unit_report_submit", "unit_report_accept",
        "job_cancel", "issued_package", "issued_take", "issued_publish",
        "record_export",
    }  # fmt: skip


@pytest.mark.parametrize("name", ADMIN_PAGES)
def test_opening_an_account_page_writes_nothing(sign_in, administrator, name):
    answer, writes = opened(sign_in(administrator), reverse(name))
    assert (answer.status_code, writes) == (200, [])


def test_the_check_above_sees_a_write(sample, officer):
    with CaptureQueriesContext(connection) as queries:
        passports.revise(passport=sample, by=officer)
    assert written(queries)


# Templates


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_every_template_compiles(path):
    engines["django"].get_template(str(path.relative_to(ROOT / "templates")))


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_no_template_holds_scripts_or_styles_of_its_own(path):
    """The content security policy would leave them out.

    The page of a printed document is the exception: it is a file that carries its stylesheet inside.
    """
    printed = path.parent == ROOT / "templates" / "reports" / "document"
    text = re.sub(
        r"{#.*?#}|{% comment .*?%}.*?{% endcomment %}", "", path.read_text("utf-8"), flags=re.DOTALL
    )
    assert re.findall(r"<script\b(?![^>]*\bsrc=)", text) == []
    assert re.findall(r"<script\b[^>]*>\s*[^<\s]", text) == []
    assert re.findall(r"<[^>]*\son[a-z]+\s*=", text) == []
    assert re.findall(r"<[^>]*\sstyle\s*=", text) == []
    assert re.findall(r"javascript:|hx-on|hx-vals=.js:", text) == []
    assert "<style" not in text or (printed and path.name == "page.html")


@pytest.mark.parametrize("path", sorted((ROOT / "static").glob("*.js")), ids=relative)
def test_scripts_neither_build_code_from_text_nor_read_money_as_a_float(path):
    text = path.read_text("utf-8")
    assert re.findall(r"\beval\(|new Function|document\.write|parseFloat\(", text) == []


# Documents


def test_every_kind_of_document_has_its_checks():
    assert set(checks.CHECKS) == {*KINDS, *PROGRAMME_KINDS, *PERIOD_KINDS}
    assert all(checks.CHECKS.values())


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_a_document_names_its_kind_and_passes_its_own_arithmetic(sample, kind):
    document = kind.build(sample)
    assert document.kind == kind.name
    assert [finding for finding in checks.run(document) if finding.code == "arithmetic"] == []


# Files


def project_files() -> list[Path]:
    """What is or will be committed: tracked files and new ones that are not ignored."""
    done = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"],  # noqa: S607
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_module_is_a_drawer_for_odds_and_ends():
    drawers = {"utils", "util", "helpers", "helper", "common", "core", "misc", "lib", "tools"}
    assert [relative(path) for path in project_files() if path.stem in drawers] == []


def test_no_source_module_is_longer_than_four_hundred_lines():
    lengths = {relative(path): len(path.read_text("utf-8").splitlines()) for path in SOURCES}
    assert {path: length for path, length in lengths.items() if length > 400} == {}


def test_no_file_names_this_machine_or_a_package_index():
    folders = [
        re.escape(str(place)) for place in (ROOT, ROOT.parent, Path.home()) if len(place.parts) > 1
    ]
    machine = re.compile(rf"(?<![\w.])(?:{'|'.join(folders)}|/home/\w+|/Users/\w+)(?![\w-])")
    index = re.compile(r"(?<!no-emit-)(?:extra-)?index-url", re.IGNORECASE)
    found = []
    for path in project_files():
        if path == Path(__file__):
            continue
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # fonts
        found += [
            f"{relative(path)}: {match[0]}"
            for rule in (machine, index)
            for match in rule.finditer(text)
        ]
    assert found == []


def test_lock_files_pin_every_package_with_a_hash_and_no_address():
    for path in (ROOT / "requirements").glob("*.txt"):
        text = path.read_text("utf-8")
        pinned = re.findall(r"^[\w.\[\]-]+==\S+", text, re.MULTILINE)
        assert pinned
        assert text.count("--hash=sha256:") >= len(pinned)
        assert "://" not in text


def test_every_dependency_has_a_sentence_of_why():
    """A comment stands above it, or above the pair it belongs to."""
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    project = tomllib.loads(text)["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    lines = [line.strip() for line in text.splitlines()]
    for dependency in wanted:
        place = lines.index(f'"{dependency}",')
        above = next(i for i in range(place - 1, -1, -1) if not lines[i].startswith('"'))
        assert lines[above].startswith("#"), dependency
        assert place - above <= 2, f"{dependency} shares its comment with too many"


def test_every_test_that_the_page_on_security_names_is_there():
    named = set(re.findall(r"\btest_\w+", (ROOT / "docs" / "security.md").read_text("utf-8")))
    there = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        there |= {path.stem, *re.findall(r"^def (test_\w+)", path.read_text("utf-8"), re.M)}
    assert len(named) > 60
    assert named - there == set()
