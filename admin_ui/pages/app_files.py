"""What makes the phone pages an app: service worker, offline page, web manifest; and a company's colours."""

from importlib.resources import files

from litestar import Response, get
from litestar.params import FromPath

from admin_ui import brand, rendering
from core.kit.context import current
from core.kit.errors import NotFound, Refused
from core.kit.web import public, render

WORKER = files("admin_ui") / "static" / "js" / "sw.js"
A_DAY = "public, max-age=86400"
YEAR = "public, max-age=31536000, immutable"


@get("/sw.js", opt={"bare": True}, guards=[public], include_in_schema=False)
async def service_worker() -> Response[bytes]:
    """Asked for anew at each visit, so that a new version is found."""
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/m/"}
    return Response(WORKER.read_bytes(), media_type="text/javascript", headers=headers)


@get("/offline", opt={"bare": True}, guards=[public], include_in_schema=False)
async def offline() -> Response[str]:
    return render("offline.html")


@get("/manifest.webmanifest", opt={"bare": True}, guards=[public], include_in_schema=False)
async def manifest() -> Response[bytes]:
    context = current()
    content = rendering.web_manifest(
        name=context.tenant.name,
        locale=context.locale,
        assets=rendering.read_assets(),
        color=context.tenant.color or rendering.BRAND,
    )
    return Response(content, media_type="application/manifest+json", headers={"Cache-Control": A_DAY})


@get("/brand/{name:str}", opt={"bare": True}, guards=[public], include_in_schema=False)
async def colours(name: FromPath[str]) -> Response[str]:
    """The tints of `/brand/0d6b59.css`; its address changes with the colour, so browsers may keep it."""
    try:
        sheet = brand.stylesheet("#" + name.removesuffix(".css"))
        return Response(sheet, media_type="text/css", headers={"Cache-Control": YEAR})
    except Refused as refusal:
        raise NotFound from refusal


PAGES = [service_worker, offline, manifest, colours]
