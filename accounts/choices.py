"""What a token may be good for."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Scope(TextChoices):
    """Reading, and one right for each action of ``budgets.permissions`` (their names are the same)."""

    READ = "read", _("читати все, що видно людині")
    ENTER_CASH = "enter_cash", _("вносити, виправляти і сторнувати касові видатки")
    CLOSE_PERIOD = "close_period", _("закривати і відкривати місяці, надавати винятки")
    CHANGE_PASSPORT = "change_passport", _("готувати, погоджувати і затверджувати паспорти")
    WRITE_REPORT = "write_report", _("вносити фактичні показники і тексти звіту")
    RUN_CAMPAIGN = "run_campaign", _("відкривати звітування, приймати і повертати звіти")
    DRAFT_ACT = "draft_act", _("готувати цільові програми і чернетки змін")
    ADOPT_ACT = "adopt_act", _("погоджувати чернетки і вносити рішення ради")
    ISSUE_REPORT = "issue_report", _("видавати звіти")
    SIGN_REPORT = "sign_report", _("підписувати і повертати видані звіти")
    PUBLISH_REPORT = "publish_report", _("оприлюднювати підписані звіти")
    CHANGE_REFERENCE = "change_reference", _("змінювати довідники")
    READ_RECORD = "read_record", _("читати журнал")
