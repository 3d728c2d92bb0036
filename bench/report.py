"""The figures as tables for people, and as JSON for whoever compares runs."""

import os
import platform
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from bench.measuring import Results, Sweeping, ratio
from bench.scenarios import Scenario
from bench.weight import BUDGETS, Weight
from bench.world import World

FOLDER = Path(__file__).parent / "results"
SWEPT = 2000
MET, MISSED = "[green]met[/]", "[red]MISSED[/]"


class Growth(msgspec.Struct):
    scenario: str
    what: str
    goal: float
    ratio: float
    least: float
    most: float

    @property
    def met(self) -> bool:
        return self.ratio <= self.goal


class Report(msgspec.Struct):
    at: datetime
    machine: dict[str, Any]
    worlds: list[dict[str, Any]]
    results: list[dict[str, Any]]
    growth: list[Growth]
    sweeping: dict[str, Sweeping]
    weights: list[Weight]


def growths(results: Results, scenarios: tuple[Scenario, ...], worlds: list[World]) -> list[Growth]:
    few, many, ten, thousand = (world.plan.name for world in worlds)
    found = []
    for scenario in scenarios:
        for what, before, after, goal in (
            ("tickets", few, many, scenario.size_goal),
            ("companies", ten, thousand, scenario.spread_goal),
        ):
            if goal:
                found.append(Growth(scenario.name, what, goal, *ratio(results, scenario.name, before, after)))
    return found


def rows(results: Results) -> list[dict[str, Any]]:
    return [
        {
            "scenario": scenario,
            "database": world,
            "p50": round(series.p(0.5), 2),
            "p95": round(series.p(0.95), 2),
            "floor_p50": round(series.p(0.5, "floor"), 2),
            "floor_p95": round(series.p(0.95, "floor"), 2),
            "times_floor": round(series.p(0.5) / series.p(0.5, "floor"), 2),
            "queries": series.queries,
            "bytes": series.bytes,
            "block_medians": [round(value, 2) for value in series.medians()],
        }
        for (scenario, world), series in results.items()
    ]


def show(report: Report, console: Console) -> None:
    for table in (
        _costs(report.results),
        _growth(report.growth),
        _sweeping(report.sweeping),
        _weights(report.weights),
    ):
        console.print(table)


def _costs(results: list[dict[str, Any]]) -> Table:
    table = Table("request", "tickets", title="What a request costs, milliseconds")
    for name in ("p50", "p95", "floor", "× floor", "queries", "bytes"):
        table.add_column(name, justify="right")
    for row in results:
        figures = (f"{row[name]:.1f}" for name in ("p50", "p95", "floor_p50", "times_floor"))
        table.add_row(row["scenario"], row["database"], *figures, str(row["queries"]), str(row["bytes"]))
    return table


def _growth(growth: list[Growth]) -> Table:
    table = Table("request", "grows with", "ratio", "least – most", "goal", "", title="How it grows")
    for one in growth:
        spread = f"{one.least:.2f} – {one.most:.2f}"
        verdict = MET if one.met else MISSED
        table.add_row(one.scenario, one.what, f"{one.ratio:.2f}", spread, f"≤ {one.goal}", verdict)
    return table


def _sweeping(sweeping: dict[str, Sweeping]) -> Table:
    title = f"Due timers, one sweeper, goal ≥ {SWEPT:,} a second"
    table = Table(
        "tickets", "timers", "a second", "least – most", "floor", "queries a batch", "", title=title
    )
    for name, one in sweeping.items():
        rate = median(one.product)
        spread = f"{min(one.product):,.0f} – {max(one.product):,.0f}"
        bare = f"{median(one.floor):,.0f}"
        verdict = MET if rate >= SWEPT else MISSED
        table.add_row(
            name, str(one.timers), f"{rate:,.0f}", spread, bare, str(one.queries_per_batch), verdict
        )
    return table


def _weights(weights: list[Weight]) -> Table:
    heads = (f"{name} ≤ {most:g}" for name, most in BUDGETS.items())
    table = Table("page", *heads, "", title="Weight, KB gzip")
    for weight in weights:
        shown = [f"{weight.figures[name]:.1f}" for name in BUDGETS]
        table.add_row(weight.page, *shown, MISSED if weight.over() else MET)
    return table


def save(report: Report, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(report), indent=1))


def machine() -> dict[str, Any]:
    return {
        "system": platform.platform(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": os.getloadavg(),
    }


def of_world(world: World) -> dict[str, Any]:
    return {"name": world.plan.name, "seconds_to_fill": round(world.seconds, 1), "sweep": world.plan.sweep}
