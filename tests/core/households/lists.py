"""Household lists made for a test, and requests that send them."""

from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import xlsxwriter

from core.files.sniffing import XLSX
from core.kit.context import Actor
from tests.factories import Browser

SAMPLES = Path("guanjia/demo_data")
HANS, HANT = "households-hans.xlsx", "households-hant.xlsx"
HEADER = ("楼栋", "单元", "房号", "建筑面积", "业主姓名", "联系电话", "身份", "入伙日期", "备注")

_RIGHTS = ("household.edit", "household.view", "household.import", "person.erase", "phone.reveal")
KEEPER = Actor(UUID(int=7), "前台甲", "desk", rights={f"households.{name}": None for name in _RIGHTS})


def sample(name: str) -> bytes:
    return (SAMPLES / name).read_bytes()


def workbook(header: tuple[str, ...] = HEADER, /, **sheets: list[tuple[Any, ...]]) -> bytes:
    """An xlsx with these sheets, each under the same header."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate([header, *rows]):
            sheet.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def row(
    room: str, owner: str, phone: str = "", identity: str = "", *, area: float = 88.5, note: str = ""
) -> Any:
    """A line of a list; `3-2-1802` gives building, stairwell and room."""
    return (*room.split("-"), area, owner, phone, identity, "2024-05-01", note)


async def send(browser: Browser, data: bytes, *, dry_run: bool = False, **fields: Any) -> httpx.Response:
    answer: httpx.Response = await browser.post(
        f"/api/v1/imports/households?dry_run={str(dry_run).lower()}",
        files={"file": ("清单.xlsx", data, XLSX)},
        data={name: _text(value) for name, value in fields.items()},
    )
    return answer


def _text(value: Any) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
