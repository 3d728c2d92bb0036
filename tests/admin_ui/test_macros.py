"""Every macro with the least it needs and with everything, where an undefined name is an error."""

import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from jinja2 import Environment, UndefinedError, nodes
from markupsafe import Markup

from admin_ui.charts import DataTable
from admin_ui.pages.tickets.fields import fields_of
from core.complaints.schemas import Details
from core.kit import clock, forms
from core.kit.errors import FieldError, TooShort
from core.kit.i18n import language
from core.tickets.schemas import Complete
from tests.admin_ui import gallery
from tests.admin_ui.forms import Form

FOLDER = Path(__file__).resolve().parents[2] / "admin_ui/templates/ui"
AT = datetime(2026, 11, 22, 14, 20, tzinfo=clock.SHANGHAI)
CLOCK = {"state": "warn", "due": AT}
FORM = Form({"a": "1", "many": ["1"]}, {"a": "请填写"})
EMPTY = Form()
PERSON = {"name": "李婷", "initials": "李"}
OPTIONS = [
    {"value": "1", "label": "一"},
    {"value": "2", "label": "二", "icon": "tool", "hint": "（贵）", "disabled": True},
]
VIEW = {"label": "工单", "columns": [{"label": "房号"}], "rows": [{}]}
CASES: dict[str, list[tuple[Any, ...]]] = {
    "basics.html": [
        ("icon", "tool"),
        ("icon", "tool", 24, "工具"),
        ("badge", "紧急"),
        ("badge", "紧急", "danger", "urgent"),
        ("status", "go", "处理中"),
        ("avatar", PERSON),
        ("avatar", PERSON, "small", "warn"),
        ("money", "58"),
        ("money", "58", True),
        ("room", "3-2-1802"),
        ("room", {"short": "3-2-1802", "long": "3 栋 2 单元 1802"}, "long", "/h/1"),
        ("when", AT),
        ("when", AT, False),
        ("phone", "13800132671"),
        ("phone", "13800132671", "/reveal"),
        ("phone", "13800132671", "", True),
    ],
    "sla.html": [
        ("sla", {"state": "pause"}),
        ("sla", CLOCK),
        ("sla", {"state": "over", "due": AT, "label": "小修"}, True),
        ("sla", {"state": "missed", "late": timedelta(minutes=3)}),
        ("clocks", [{"rule": "到场 ≤ 15 分钟", "clock": CLOCK, "headline": "14:52", "percent": 40}]),
        ("steps", [{"label": "受理", "state": "done"}, {"label": "派单", "state": "now", "note": "10:33"}]),
        ("steps", [{"label": "受理", "state": "now"}], True, "步骤"),
    ],
    "badges.html": [
        ("figure", {"name": "desk", "number": "", "tone": "", "words": ""}),
        ("figure", {"name": "desk", "number": "11", "tone": "danger", "words": "11 张带时限，2 张超时"}),
    ],
    "hx.html": [("post", "/x"), ("get", "/x"), ("get", "/x", "#y", "outerMorph", "load", True), ("stream",)],
    "forms.html": [
        ("hidden_fields",),
        ("form_open", "/x"),
        ("form_open", "/x", "ticket:1", "#t", "none", "f", "stack", "返单", False, True, "表单"),
        ("error_summary", FORM),
        ("error_summary", EMPTY, "还差"),
        ("field", FORM, "a", "甲"),
        ("field", EMPTY, "a", "甲", "password", "提示", True, "w-s"),
        ("textarea", FORM, "a", "甲", 2, "提示", True),
        ("money_input", FORM, "a", "甲", "含税", True),
        ("date_input", FORM, "a", "甲", "month"),
        ("check", FORM, "a", "甲", "（必须）"),
        ("check", EMPTY, "a", "甲"),
        *[
            ("choice", bound, "a", "甲", OPTIONS, kind, "提示", True)
            for kind in ("tiles", "chips", "seg", "radio", "rate", "select")
            for bound in (FORM, EMPTY)
        ],
        ("choice", Form({"many": ["1"]}), "many", "甲", OPTIONS, "radio", "", False, True, True),
        ("choice", FORM, "a", "甲", OPTIONS, "select", "", False, False, False, "请选择"),
        ("file_input", FORM, "a", "照片"),
        ("file_input", EMPTY, "a", "附件", False),
        ("signature", FORM, "a", "签字"),
        ("picker", FORM, "a", "房号", "/search"),
        ("room_picker", EMPTY, "a", "房号"),
        ("person_picker", EMPTY, "a", "师傅", "赵国栋"),
        *(("drawn", form, field, "form.") for form in (FORM, EMPTY) for field in fields_of(Complete)),
        *(("drawn", EMPTY, field) for field in fields_of(Details)),
        ("submit", "派单"),
        ("submit", "派单", "check", True, False, True),
    ],
    "data.html": [
        ("page_head", "工单"),
        ("breadcrumbs", [{"label": "工单", "href": "/t"}, {"label": "报修"}]),
        ("filters", {"action": "/t"}),
        ("pager", {}),
        ("pager", {"prev": "?a", "next": "?b", "count": "50"}),
        ("empty", "没有"),
        ("empty", "没有", "/new", "新建"),
        ("empty", "没有", "", "", "filter", "/t"),
        ("dl", [("业主", "陈"), ("空", None)]),
        ("kpi", {"label": "达成率", "value": "96"}),
        ("timeline", [{"who": "李婷", "what": "登记", "at": AT}]),
        ("tab_bar", [{"label": "全部", "href": "#"}]),
        ("note", "留意"),
        ("note", "留意", "warn", "bulb", "请"),
        ("progress", 40, "进度"),
        ("progress", 40, "进度", "warn", True),
        ("version_strip", [{"label": "1", "state": "草稿", "href": "#"}]),
        (
            "approval",
            [
                {"person": PERSON, "role": "主管", "state": state}
                for state in ("approved", "rejected", "waiting", "todo")
            ],
        ),
        ("checklist", [{"value": "a", "label": "甲", "done": True}]),
        ("checklist", [{"label": "甲", "done": False, "note": "差"}], ""),
        ("legend", [("甲", "brand"), ("乙", "warn", "dashed")]),
        ("data_table", DataTable("表", ["", "甲"], [["一", "1"]])),
        ("chart", "图", Markup("<svg></svg>"), DataTable("表", ["", "甲"], [["一", "1"]])),
    ],
    "dialogs.html": [
        ("confirm", "c", "作废？", "不能恢复", "作废", "/x"),
        ("confirm", "c", "作废？", "不能恢复", "作废", "/x", "#t", "none", "3-2-1802", False),
        ("option", "3-2-1802"),
        ("option", "3-2-1802", "/h/1", "u1", "业主 陈", "home", "n"),
    ],
    "print.html": [
        ("print_head", {"company": "云栖", "title": "派工单"}),
        ("print_sign", ["业主签收"]),
        ("print_boxes", [("a", "甲")]),
        ("print_boxes", [("a", "甲"), ("b", "乙")], ["b"]),
        ("print_foot", {"printed_by": "李婷", "printed_at": AT, "times": 1}),
    ],
}
CALLED = {
    "card": '{% call card("标题") %}内容{% endcall %}',
    "page_head": '{% call page_head("标题") %}按钮{% endcall %}',
    "table": "{% call(row) table(view) %}<td>x</td>{% endcall %}",
    "filters": '{% call filters({"action": "/t"}) %}更多{% endcall %}',
    "note": "{% call note() %}内容{% endcall %}",
    "dialog": '{% call dialog("d", "标题") %}内容{% endcall %}',
    "confirm": '{% call confirm("d", "标题", "后果", "作废", "/x") %}理由{% endcall %}',
    "batch_bar": '{% call batch_bar("b", "/x") %}按钮{% endcall %}',
    "partial": '{% call partial("#x") %}内容{% endcall %}',
    "live": '{% call live("q", "tickets", "/x") %}内容{% endcall %}',
}


@pytest.fixture(scope="module")
def environment() -> Environment:
    return gallery.made()


def macro(environment: Environment, file: str, name: str) -> Any:
    return getattr(environment.get_template(f"ui/{file}").make_module(gallery.base()), name)


@pytest.mark.parametrize(
    ("file", "case"),
    [(file, case) for file, cases in CASES.items() for case in cases],
    ids=lambda x: x if isinstance(x, str) else x[0],
)
def test_macro_renders(environment: Environment, file: str, case: tuple[Any, ...]) -> None:
    html = str(macro(environment, file, case[0])(*case[1:]))
    assert html.count("<label") == html.count("</label>")
    assert html.count('"') % 2 == 0
    assert " style=" not in html


@pytest.mark.parametrize("name", list(CALLED))
def test_macro_with_a_block_renders(environment: Environment, name: str) -> None:
    file = next(file for file in CASES if re.search(rf"macro {name}\(", (FOLDER / file).read_text()))
    source = f'{{% from "ui/{file}" import {name} with context %}}{CALLED[name]}'
    assert environment.from_string(source).render(gallery.base() | {"view": VIEW})


def test_no_macro_is_left_out(environment: Environment) -> None:
    """And each tells its arguments in a comment above it."""
    for file in FOLDER.glob("*.html"):
        source = file.read_text()
        names = {
            found.name for found in environment.parse(source).find_all(nodes.Macro) if found.name[0] != "_"
        }
        tried = {case[0] for case in CASES.get(file.name, [])} | set(CALLED)
        assert names <= tried, file.name
        silent = [
            name
            for name in names
            if not re.search(rf"\b{name}\b", "".join(re.findall(r"\{#.*?#\}", source, re.DOTALL)))
        ]
        assert silent == [], file.name


def test_an_undefined_name_is_an_error(environment: Environment) -> None:
    with pytest.raises(UndefinedError):
        environment.from_string("{{ nobody }}").render()


def test_values_are_escaped(environment: Environment) -> None:
    evil = '"><script>alert(1)</script>'
    html = str(
        macro(environment, "forms.html", "field")(
            Form({"a": evil}, {"a": evil}), "a", evil, hint=evil, placeholder=evil
        )
    )
    assert "<script>" not in html
    assert environment.from_string("{{ _('{who}', who=who) }}").render(who=evil).count("<script>") == 0
    assert environment.from_string("{{ _('<{who}>', who=who) }}").render(who=Markup("<b>")) == "&lt;<b>&gt;"


def test_refused_fields_are_named_twice_in_the_same_words(environment: Environment) -> None:
    bound = forms.Bound(dict, {"desc": "水"})  # type: ignore[type-var]
    bound.refused(TooShort(field="desc", least=4))
    summary = str(macro(environment, "forms.html", "error_summary")(bound))
    field = str(macro(environment, "forms.html", "textarea")(bound, "desc", "诉求内容"))
    assert '<a href="#desc">至少 4 个字</a>' in summary
    assert "至少 4 个字" in field
    assert 'aria-invalid="true" aria-describedby="desc-e"' in field
    assert ">\n水</textarea>" in field
    assert bound.errors == [FieldError("desc", "too_short", {"least": 4})]


def test_each_form_has_its_own_one_time_key(environment: Environment) -> None:
    source = (
        '{% from "ui/forms.html" import form_open with context %}{{ form_open("/x") }}{{ form_open("/y") }}'
    )
    html = environment.from_string(source).render(gallery.base())
    assert re.findall(r'name="_idempotency_key" value="([^"]+)"', html) == ["key-1", "key-2"]
    assert html.count('hx-sync="this:drop"') == 2


@pytest.mark.parametrize("locale", ["zh-Hans", "zh-Hant", "en"])
@pytest.mark.parametrize("name", sorted(file.stem for file in (FOLDER.parent / "errors").glob("[0-9]*.html")))
def test_error_pages_say_what_to_do_in_the_readers_language(
    environment: Environment, name: str, locale: str
) -> None:
    language.set(locale)
    page = environment.get_template(f"errors/{name}.html")
    full = page.render(gallery.base("/x", locale) | {"words": "说明", "params": {}})
    bare = page.render(locale=locale, request_id="01jd9", tenant=None, person=None, words="说明")
    for html in (full, bare):
        assert f'lang="{locale}"' in html
        assert "01jd9" in html
        assert "data-problem" in html
        assert len(re.findall("<h1", html)) == 1


@pytest.mark.parametrize(
    ("step", "sso", "password"),
    [
        ("password", [], True),
        ("password", [{"label": "企业账号", "href": "/sso"}], False),
        ("code", [], True),
    ],
)
def test_sign_in_page_shows_the_ways_in(
    environment: Environment, step: str, sso: list[Any], password: Any
) -> None:
    values = {"form": Form(), "step": step, "sso": sso, "password": password, "next": "/"}
    html = environment.get_template("login.html").render(gallery.base("/login") | values)
    assert ('autocomplete="current-password"' in html) == (password and step == "password")
    assert ('autocomplete="one-time-code"' in html) == (step == "code")
    assert ("/sso" in html) == bool(sso)


def test_own_account_pages(environment: Environment) -> None:
    base = gallery.base("/me/sessions")
    running = [
        {"id": key, "created_at": AT, "seen_at": AT, "address": "10.0.0.1", "agent": "Edge"}
        for key in ("a", "b")
    ]
    html = environment.get_template("me/sessions.html").render(base | {"sessions": running, "here": "a"})
    assert re.findall(r'action="(/me/sessions/[^"]+)"', html) == ["/me/sessions/b/end"]
    assert "data-keys-switch" in environment.get_template("me/shortcuts.html").render(base)
    assert "data-outbox-list" in environment.get_template("outbox.html").render(base)
