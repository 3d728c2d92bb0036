"""`POST /api/v1/calls`: what a telephone system, or a small program beside it, reports."""

from typing import Any

from litestar import Controller, Request, Response, post

from core.calls import actions
from core.calls.schemas import NewCall
from core.kit.web import accepts, read, requires


class CallsApi(Controller):
    path = "/calls"
    tags = ["calls"]

    @post(guards=[requires("calls.call.ring")], opt=accepts(NewCall))
    async def ring(self, request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
        """A call rings: every open desk shows it with the household it may be. Answers 201 with its id."""
        identity = await actions.ring(await read(request, NewCall))
        return Response({"id": str(identity)}, status_code=201)
