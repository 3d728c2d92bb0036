"""`python -m bench`: what requests cost and how that grows; `--quick` only shows that it all still runs."""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from rich.console import Console

from bench import report, weight, world
from bench.measuring import Bench
from bench.report import Report
from bench.scenarios import SCENARIOS
from bench.world import Plan, World
from core.kit import clock
from guanjia import app as composition

BLOCKS, REQUESTS, SWEEPS = 7, 40, 5
PAGES = ("/desk", "/tickets")


async def run(base: str, plans: Sequence[Plan], *, blocks: int, requests: int, sweeps: int) -> Report:
    console = Console(stderr=True)
    app = composition.create_app()
    await world.prepare(base)
    async with AsyncExitStack() as stack:
        worlds: list[World] = []
        for number, plan in enumerate(plans):
            worlds.append(await stack.enter_async_context(world.world(base, number, plan, app)))
            console.print(f"{plan.name} tickets made in {worlds[-1].seconds:.0f} s")
        bench = await stack.enter_async_context(Bench(app, worlds))
        results = await bench.measure(SCENARIOS, blocks=blocks, requests=requests)
        swept = {made.plan.name: await bench.sweep(made, repeats=sweeps) for made in worlds if made.due}
        worlds[1].enter()
        home = worlds[1].homes[0]
        pages = [*PAGES, f"/tickets/{home.numbers[0]}"]
        weights = [await weight.weigh(app, home.headers, page) for page in pages]
    return Report(
        at=clock.now(),
        machine=report.machine(),
        worlds=[report.of_world(made) for made in worlds],
        results=report.rows(results),
        growth=report.growths(results, SCENARIOS, worlds),
        sweeping=swept,
        weights=weights,
    )


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--quick", action="store_true", help="small databases, few requests: no figures to trust"
    )
    parser.add_argument("--blocks", type=int, help="repetitions; ratios are the median over them")
    parser.add_argument("--requests", type=int, help="requests of a kind in a block")
    parser.add_argument("--out", type=Path, help="where the JSON goes")
    told = parser.parse_args(argv)
    sizes = (2, 3, 2) if told.quick else (BLOCKS, REQUESTS, SWEEPS)
    blocks, requests, sweeps = told.blocks or sizes[0], told.requests or sizes[1], sizes[2]
    plans = world.QUICK if told.quick else world.FULL
    with world.running() as base:
        made = asyncio.run(run(base, plans, blocks=blocks, requests=requests, sweeps=sweeps))
    report.show(made, Console())
    path = told.out or report.FOLDER / f"{made.at:%Y-%m-%d-%H%M}.json"
    report.save(made, path)
    print(path)


if __name__ == "__main__":
    main()
