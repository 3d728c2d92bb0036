"""HTML into PDF by WeasyPrint, which is optional: it needs Pango and a Chinese font from the system."""

import ctypes
import logging
import sys
import threading
from collections.abc import Callable
from importlib.util import find_spec
from urllib.parse import unquote, urlsplit

PACKAGE = "weasyprint"
LIBRARIES = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
    "libharfbuzz.so.0",
    "libharfbuzz-subset.so.0",
    "libfontconfig.so.1",
)
"""What WeasyPrint loads on Linux; on other systems their names differ."""
BASE = "http://paper.invalid/"
STATIC = "/static/"
MEDIA = {".css": "text/css", ".svg": "image/svg+xml", ".png": "image/png"}
TALKATIVE = ("weasyprint.progress", "fontTools")
_one_at_a_time = threading.Lock()
_read: list[Callable[[str], bytes]] = []


def use_files(read: Callable[[str], bytes]) -> None:
    """How a static file is read by its name (`print.css`), for papers refer to their style by address."""
    _read[:] = [read]


def missing() -> list[str]:
    """What this machine lacks to make PDFs; empty where it can."""
    if find_spec(PACKAGE) is None:
        return ["WeasyPrint"]
    if sys.platform != "linux":
        return []
    return [name for name in LIBRARIES if not loads(name)]


def loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def make(html: str) -> bytes:
    """Blocking, some tenths of a second to seconds: call it in a thread. Nothing but our own static files is
    fetched, whatever the paper says. One at a time, as the font libraries beneath share state.
    """
    from weasyprint import HTML  # noqa: PLC0415 - loads Pango, which only workers need
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

    class OwnFiles(URLFetcher):  # type: ignore[misc]  # the package is untyped
        def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002 - its signature
            path = unquote(urlsplit(url).path)
            if not url.startswith(BASE) or not path.startswith(STATIC) or ".." in path:
                raise ValueError(f"not a file of ours: {url}")
            kind = next((media for end, media in MEDIA.items() if path.endswith(end)), "")
            return URLFetcherResponse(url, _read[0](path.removeprefix(STATIC)), {"Content-Type": kind})

    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    with _one_at_a_time:
        page = HTML(string=html, base_url=BASE, url_fetcher=OwnFiles(fail_on_errors=True))
        made: bytes = page.write_pdf()
        return made
