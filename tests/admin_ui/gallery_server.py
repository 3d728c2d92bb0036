"""Serves the gallery on loopback under the product's own security headers, for the browser tests."""

import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs, urlsplit

from admin_ui import rendering
from core.kit.i18n import language
from tests.admin_ui import gallery

STATIC = Path(str(rendering.STATIC))
CSP = (
    "default-src 'self'; style-src 'self'; script-src 'self';"
    " object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
ERRORS = (400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503)


def special(path: str, locale: str) -> str | None:
    """Signed-out pages and errors."""
    environment = gallery.made()
    language.set(locale)
    base = gallery.base(path, locale)
    if path == "/login":
        sso = [{"label": "用企业账号登录", "href": "/sso"}]
        extra = {"form": gallery.Form(), "step": "password", "sso": sso, "password": True, "next": "/desk"}
        return environment.get_template("login.html").render(base | extra)
    if path in ("/offline", "/m/outbox"):
        return environment.get_template("offline.html" if path == "/offline" else "outbox.html").render(base)
    if path.startswith("/errors/"):
        status = int(path.rsplit("/", 1)[1])
        problem = {"words": "刚被李婷修改，请刷新后再试", "key": "stale_version", "params": {"by": "李婷"}}
        return environment.get_template(f"errors/{status}.html").render(base | problem)
    return None


class Handler(BaseHTTPRequestHandler):
    """GET gives pages and files; POST answers as the product does: 422, 401, 500 or the clean form."""

    protocol_version = "HTTP/1.1"

    def __init__(self, posts: list[dict[str, list[str]]], *args: object) -> None:
        self.posts = posts
        super().__init__(*args)

    def log_message(self, *args: object) -> None:
        pass

    def answer(self, body: bytes, kind: str = "text/html", status: int = 200, **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text") else kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", CSP)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def page(self, path: str, query: dict[str, list[str]]) -> str | None:
        locale = query.get("lang", ["zh-Hans"])[0]
        if path in gallery.PAGES:
            extra = {"form": gallery.WRONG} if "wrong" in query else {}
            return gallery.page(path, locale=locale, **extra)
        return special(path, locale)

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path.startswith("/static/") or url.path == "/sw.js":
            file = STATIC / (url.path.removeprefix("/static/") if url.path != "/sw.js" else "js/sw.js")
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            self.answer(file.read_bytes(), kind)
            return
        if url.path == "/search":
            found = (
                '<li role="option" data-href="/ticket" data-label="3-2-1802" data-value="u1">3-2-1802</li>'
            )
            self.answer(found.encode())
            return
        shown = self.page(url.path, parse_qs(url.query, keep_blank_values=True))
        self.answer((shown or "").encode(), status=HTTPStatus.OK if shown else HTTPStatus.NOT_FOUND)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode("utf-8", "replace")
        form = parse_qs(body, keep_blank_values=True)
        self.posts.append(form)
        said = form.get("desc", [""])[0]
        if self.path.startswith("/m/"):
            self.answer(b"", status=HTTPStatus.OK)
        elif "过期" in said and len(self.posts) == 1:
            self.answer(b"<p>sign in</p>", status=401)
        elif "出错" in said:
            self.answer((special("/errors/500", "zh-Hans") or "").encode(), status=500)
        else:
            short = len(said) < 4
            bound = (
                gallery.Form({**gallery.WRONG.values, "desc": said}, gallery.WRONG.said)
                if short
                else gallery.Form()
            )
            whole = gallery.page("/desk", form=bound)
            start = whole.index("<form", whole.index('class="card__b"', whole.index('aria-label="登记诉求"')))
            fragment = whole[start : whole.index("</form>", start) + 7]
            extra = (
                {} if short else {"HX_Trigger": '{"gj:toast":{"text":"BX-20261122-0038 ok","undo":"/undo"}}'}
            )
            self.answer(fragment.encode(), status=422 if short else 200, **extra)


@contextmanager
def serving() -> Iterator[tuple[str, list[dict[str, list[str]]]]]:
    """The base address, and the forms posted so far."""
    posts: list[dict[str, list[str]]] = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, posts))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", posts
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
