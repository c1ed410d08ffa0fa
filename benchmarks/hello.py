"""A bare application on the service's web framework, as a baseline under the same load."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

__all__ = ["app"]


async def hello(_: Request) -> Response:
    """Return a constant."""
    return Response(b'{"hello":"world"}', media_type="application/json")


app = Starlette(
    routes=[Route("/v1/rewrite", hello, methods=["POST"]), Route("/v1/turns", hello, methods=["POST"])],
)
"""An application with the same two routes."""
