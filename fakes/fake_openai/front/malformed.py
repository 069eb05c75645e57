"""What is no HTTP, or too much of it: refused by the front of a provider, before its API sees it.

OpenAI and others stand behind Cloudflare, which answers with nginx's short page and the ray `-`.
"""

from __future__ import annotations

from collections.abc import Mapping

from fake_openai.dialect import Dialect
from fake_openai.errors.errors import ErrorBody

_NGINX = (
    "<html>\r\n<head><title>{status} {phrase}</title></head>\r\n<body>\r\n"
    "<center><h1>{status} {phrase}</h1></center>\r\n<hr><center>{server}</center>\r\n"
    "</body>\r\n</html>\r\n"
)
_CLOUDFRONT = (
    '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN"'
    ' "http://www.w3.org/TR/html4/loose.dtd">\n<HTML><HEAD>'
    '<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=iso-8859-1">\n'
    "<TITLE>ERROR: The request could not be satisfied</TITLE>\n</HEAD><BODY>\n"
    "<H1>{status} ERROR</H1>\n<H2>The request could not be satisfied.</H2>\n"
    '<HR noshade size="1px">\n{phrase}.\n</BODY></HTML>\n'
)
_WINDOWS = (
    '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN""http://www.w3.org/TR/html4/strict.dtd">\r\n'
    "<HTML><HEAD><TITLE>Bad Request</TITLE>\r\n"
    '<META HTTP-EQUIV="Content-Type" Content="text/html; charset=us-ascii"></HEAD>\r\n'
    "<BODY><h2>Bad Request - Invalid Header</h2>\r\n"
    "<hr><p>HTTP Error 400. The request has an invalid header name.</p>\r\n</BODY></HTML>\r\n"
)
# by the header `server` of the dialect: content type, body, `server` of the refusal
_FRONTS: Mapping[str, tuple[str, str, str]] = {
    "cloudflare": ("text/html", _NGINX, "cloudflare"),
    "nginx": ("text/html", _NGINX, "nginx"),
    "elb": ("text/html", _CLOUDFRONT, "CloudFront"),
    "istio-envoy": ("text/plain", "{phrase}", ""),
    "uvicorn": ("text/plain; charset=utf-8", "Invalid HTTP request received.", ""),
}
_OWN: Mapping[str, tuple[str, str, str]] = {
    "azure": ("text/html; charset=us-ascii", _WINDOWS, "Microsoft-HTTPAPI/2.0"),
    "sglang": _FRONTS["uvicorn"],
}
_GO = ("text/plain; charset=utf-8", "{status} {phrase}", "")


_AZURE_TOO_LARGE = "Failed to buffer the request body: length limit exceeded"


def malformed(dialect: Dialect) -> ErrorBody:
    """Return the answer to bytes that are no HTTP, or to a body whose framing is broken."""
    return _front(dialect, 400, "Bad Request")


def too_large(dialect: Dialect) -> ErrorBody:
    """Return the answer to a body that is larger than any server would take."""
    if dialect.errors == "azure":
        return ErrorBody(413, "text/plain", _AZURE_TOO_LARGE.encode(), bare=True)
    return _front(dialect, 413, "Request Entity Too Large")


def _front(dialect: Dialect, status: int, phrase: str) -> ErrorBody:
    told = {name.lower(): value for name, value in dialect.headers}
    front = _FRONTS.get(told.get("server", ""))
    type, page, server = front or _OWN.get(dialect.name, _GO)
    headers = {"Server": server} if server else {}
    if server == "cloudflare":
        headers["CF-RAY"] = "-"
    for name, value in (("server", server), ("status", str(status)), ("phrase", phrase)):
        page = page.replace(f"{{{name}}}", value)
    return ErrorBody(status, type, page.encode(), headers, bare=True)
