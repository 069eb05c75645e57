"""The page for a browser: what is asked and answered, live."""

from __future__ import annotations

from functools import lru_cache
from importlib import resources

from aiohttp import web

from .route import Call, Route, Serve

_TYPES = {"index.html": "text/html", "page.css": "text/css", "page.js": "text/javascript"}
# What clients send is shown on it: no script and no style but its own, and nothing from elsewhere.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self';"
    " connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


@lru_cache
def _file(name: str) -> bytes:
    return resources.files("fake_openai").joinpath("page", name).read_bytes()


def _sent(name: str) -> web.Response:
    content_type = f"{_TYPES[name]}; charset=utf-8"
    return web.Response(body=_file(name), headers={**_HEADERS, "Content-Type": content_type})


def _to_page(_: Call) -> web.Response:
    return web.Response(status=307, headers={"Location": "/_fake/"})


def _index(_: Call) -> web.Response:
    return _sent("index.html")


def _css(_: Call) -> web.Response:
    return _sent("page.css")


def _js(_: Call) -> web.Response:
    return _sent("page.js")


def _route(path: str, text: str, serve: Serve, type: str, status: int = 200) -> Route:
    return Route("GET", path, text, serve, status=status, type=type, scoped=False, open=True)


ROUTES = (
    _route("/_fake", "Lead to the page.", _to_page, "text/plain", 307),
    _route("/_fake/", "Show the page.", _index, "text/html"),
    _route("/_fake/page.css", "Show the style of the page.", _css, "text/css"),
    _route("/_fake/page.js", "Show the script of the page.", _js, "text/javascript"),
)
