"""The page and its live part; nine queries, whatever there is to show."""

from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.params import FromPath, FromQuery

from admin_ui.pages import frame
from admin_ui.pages.dash import asked as asking
from admin_ui.pages.dash import drawn, late
from admin_ui.pages.dash.asked import BOARD, HEAT_DAYS, PATH, PERIODS, Asked
from core.callbacks import board_queries as callbacks
from core.households.queries import projects
from core.kit import clock
from core.kit.i18n import _, gettext
from core.kit.web import render, requires, went
from core.plugin.contributions import NavItem
from core.sla import rate_queries as rates
from core.tickets import board_queries as board
from core.tickets import reminders
from core.tickets.reminders import REMIND

NAVIGATION = (
    NavItem(label=_("看板"), path=PATH, permission=BOARD, icon="chart-bar", order=5),
    NavItem(label=_("看板"), path=PATH, permission=BOARD, icon="chart-bar", order=5, phone=True),
)


class DashPages(Controller):
    path = PATH
    include_in_schema = False

    @get(guards=[requires(BOARD)])
    async def dash(
        self,
        request: Request[Any, Any, Any],
        project: FromQuery[str] = "",
        days: FromQuery[str] = "",
        by: FromQuery[str] = "",
    ) -> Response[str]:
        """`part=now` (htmx) is what stands now: the figures on top and what is late."""
        asked = asking.asked(await projects(BOARD, beyond=bool(project)), project, days, by)
        now = await _now(asked)
        if frame.in_part(request) == "now":
            return render("dash/_now.html", **now)
        if now["figures"].since is None:
            return await frame.page("dash/empty.html", **now)
        return await frame.page("dash/page.html", **now, **(await _rest(asked, now["rates"])))

    @post("/reminders/{ticket:str}", guards=[requires(REMIND)], status_code=200)
    async def remind(self, request: Request[Any, Any, Any], ticket: FromPath[str]) -> Response[Any]:
        """Press for a late ticket; the button says when. 422 within ten minutes of the last time."""
        row = await reminders.remind(ticket)
        said = gettext(_("{number} 已催办"), number=row["number"])
        if "hx-request" not in request.headers:
            return went(request, f"{PATH}#late", toast=said)
        return render("dash/_reminded.html", headers=frame.toast(said), at=late.reminded(clock.now()))


async def _now(asked: Asked) -> dict[str, Any]:
    """What the live part shows; five queries."""
    span = asked.span
    figures = await board.figures(asked.projects, span.first, span.end)
    breaches = await board.breaches(asked.projects)
    kept = await rates.kept(asked.projects, asked.before, span.first, span.end)
    firsts = {name: asking.ending_today(int(name)).first for name in PERIODS}
    called = await callbacks.rates(asked.projects, list(firsts.values()), span.end)
    answers, before = await callbacks.answers(asked.projects, asked.before, span.first, span.end)
    calls = [(gettext(words), called[firsts[name]], name == asked.days) for name, words in PERIODS.items()]
    return {
        "asked": asked,
        "figures": figures,
        "rates": kept,
        "calls": calls,
        "answers": answers,
        "kpis": [
            drawn.late_now(breaches),
            drawn.open_now(figures, asked),
            drawn.kept_share(kept),
            drawn.called(called[span.first]),
            drawn.content(answers, before),
        ],
        "share": drawn.share_text,
        "moods": drawn.moods(answers),
        "late": late.shown(asked, breaches),
        "period": gettext(PERIODS[asked.days]),
        "periods": [
            {"label": gettext(words), "href": asked.query(days=name), "on": name == asked.days}
            for name, words in PERIODS.items()
        ],
        "src": asked.query(part="now"),
        "read_at": clock.now(),
    }


async def _rest(asked: Asked, kept: list[rates.Kept]) -> dict[str, Any]:
    """The charts below; three more queries."""
    span, course = asked.span, asked.course
    heat = asking.ending_today(HEAT_DAYS)
    days = await board.course(asked.projects, course.first, course.end)
    hours = await board.heat(asked.projects, heat.first, heat.end)
    loads = await board.loads(asked.projects, span.first, span.end)
    return {
        "course": drawn.course(course, days),
        "course_days": course.days,
        "kept": drawn.kept(kept),
        "heat": drawn.heat(hours),
        "engineers": drawn.load(_("工程师负荷"), [one for one in loads if one.by == "engineer"]),
        "departments": drawn.load(_("部门负荷"), [one for one in loads if one.by == "department"]),
    }
