"""PDFs are made from our own files only, need nothing that is missing, and lose no word."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from admin_ui import rendering
from core.documents import pdf

needs_pdf = pytest.mark.skipif(bool(pdf.missing()), reason="no Pango on this machine")
PAGE = """<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8">{style}</head><body>
<main class="paper paper--slip"><section><table class="pt pt--order"><tbody>
<tr class="pt__b"><th>处理情况</th><td class="tall">{words}</td></tr></tbody></table>
<footer class="pf__f"><span>打印：李婷</span></footer></section></main></body></html>"""
STYLE = '<link rel="stylesheet" href="/static/print.css?v=1">'


@pytest.fixture(autouse=True)
def _files() -> Iterator[None]:
    before = list(pdf._read)
    pdf.use_files(lambda name: rendering.STATIC.joinpath(name).read_bytes())
    yield
    pdf._read[:] = before


def text_of(made: bytes, folder: Path) -> str:
    path = folder / "made.pdf"
    path.write_bytes(made)
    tool = shutil.which("pdftotext") or "pdftotext"
    done = subprocess.run([tool, str(path), "-"], capture_output=True, text=True, check=True)
    return done.stdout


@needs_pdf
def test_no_word_of_a_long_sheet_is_lost(tmp_path: Path) -> None:
    """More than one slip holds: it goes on on the next, whose margin has the foot."""
    words = "".join(f"第{number}步更换角阀并恢复墙面，" for number in range(1, 161))
    text = text_of(pdf.make(PAGE.format(style=STYLE, words=words)), tmp_path)
    flat = "".join(text.split())
    assert text.count("\f") > 1
    assert all(f"第{number}步更换" in flat for number in (1, 80, 160))
    assert "打印：李婷" in text
    assert "1/" in flat


@needs_pdf
@pytest.mark.parametrize(
    "address",
    [
        "file:///etc/hostname",
        "http://169.254.169.254/latest/",
        "/other/print.css",
        "/static/../../secret.key",
        "/static/%2e%2e/x.css",
    ],
)
def test_nothing_but_our_own_files_is_fetched(address: str) -> None:
    from weasyprint.urls import FatalURLFetchingError  # noqa: PLC0415

    read: list[str] = []
    pdf.use_files(lambda name: read.append(name) or b"")  # type: ignore[func-returns-value]
    with pytest.raises(FatalURLFetchingError):
        pdf.make(PAGE.format(style=f'<link rel="stylesheet" href="{address}">', words="x"))
    assert read == []


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "LIBRARIES", ("libc.so.6", "libnowhere.so.0"))
    assert pdf.missing() == ["libnowhere.so.0"]
    monkeypatch.setattr(pdf, "PACKAGE", "weasyprint_that_nobody_installed")
    assert pdf.missing() == ["WeasyPrint"]
