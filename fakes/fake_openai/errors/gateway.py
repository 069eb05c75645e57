"""The HTML pages of gateways that get no answer from the API behind them."""

from __future__ import annotations

import random
from collections.abc import Mapping

from fake_openai.dialect import Dialect
from fake_openai.telling.ids import fill

from .errors import ErrorBody

GATEWAYS: Mapping[int, tuple[str, str]] = {
    # status: its name, what the page says of it
    502: ("Bad gateway", "The web server reported a bad gateway error."),
    504: ("Gateway time-out", "The web server reported a gateway time-out error."),
    520: ("Web server is returning an unknown error", "There is an unknown connection issue."),
    521: ("Web server is down", "The web server refused the connection."),
    522: ("Connection timed out", "The initial connection to the web server timed out."),
    523: ("Origin is unreachable", "The web server cannot be reached."),
    524: ("A timeout occurred", "The web server was connected to, but sent no answer in time."),
    525: ("SSL handshake failed", "No secure connection to the web server could be made."),
    526: ("Invalid SSL certificate", "The certificate of the web server is not valid."),
    527: ("Railgun error", "The connection to the web server was interrupted."),
}
_HOSTS = {
    "openai": "api.openai.com",
    "groq": "api.groq.com",
    "mistral": "api.mistral.ai",
    "openrouter": "openrouter.ai",
}
_NGINX = (
    "<html>\r\n<head><title>{status} {name}</title></head>\r\n<body>\r\n"
    "<center><h1>{status} {name}</h1></center>\r\n<hr><center>nginx</center>\r\n"
    "</body>\r\n</html>\r\n"
)
_SIDES = (
    ("You", "Browser", "Working"),
    ("{city}", "Network", "Working"),
    ("{host}", "Host", "Error"),
)
_CITIES = {"EWR": "Newark", "FRA": "Frankfurt", "CDG": "Paris", "DFW": "Dallas"}


def gateway(status: int, dialect: Dialect, rng: random.Random) -> ErrorBody:
    """Return the page that stands in front of `dialect` for a status among `GATEWAYS`."""
    headers = {name.lower(): value for name, value in dialect.headers}
    if headers.get("server") != "cloudflare" and status < 520:  # noqa: PLR2004 (of Cloudflare alone)
        name = {502: "Bad Gateway", 504: "Gateway Time-out"}[status]
        page = _NGINX.format(status=status, name=name)
        return ErrorBody(status, "text/html", page.encode(), {"Server": "nginx"}, bare=True)
    ray = fill(headers.get("cf-ray", "{hex16}-FRA"), rng)
    told = {
        "Cache-Control": "private, max-age=0, no-store, no-cache, must-revalidate, post-check=0",
        "Expires": "Thu, 01 Jan 1970 00:00:01 GMT",
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "same-origin",
        "Server": "cloudflare",
        "CF-RAY": ray,
    }
    page = _page(status, _HOSTS.get(dialect.name, "api.openai.com"), ray)
    return ErrorBody(status, "text/html; charset=UTF-8", page.encode(), told, bare=True)


def _page(status: int, host: str, ray: str) -> str:
    name, reason = GATEWAYS[status]
    number, _, place = ray.partition("-")
    city = _CITIES.get(place, place)
    sides = "\n".join(_side(*side).format(city=city, host=host) for side in _SIDES)
    return (
        '<!DOCTYPE html>\n<html class="no-js" lang="en-US">\n<head>\n'
        f"<title>{host} | {status}: {name}</title>\n"
        '<meta charset="UTF-8" />\n'
        '<meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />\n'
        '<meta http-equiv="X-UA-Compatible" content="IE=Edge" />\n'
        '<meta name="robots" content="noindex, nofollow" />\n'
        '<meta name="viewport" content="width=device-width,initial-scale=1" />\n'
        f"<style>\n{_STYLE}</style>\n</head>\n<body>\n"
        f'<div id="error-page">\n<header>\n<h1><span class="name">{name}</span>\n'
        f'<span class="code">Error code {status}</span></h1>\n'
        f'<p>Visit <a href="https://{host}/">{host}</a> for more information.</p>\n</header>\n'
        f'<div class="sides">\n{sides}\n</div>\n<div class="columns">\n'
        f"<section><h2>What happened?</h2>\n<p>{reason}</p></section>\n"
        "<section><h2>What can I do?</h2>\n<p>Please try again in a few minutes.</p></section>\n"
        f'</div>\n<footer><p><span>Ray ID: <strong class="mono">{number}</strong></span>\n'
        "<span>Performance &amp; security by Cloudflare</span></p></footer>\n"
        "</div>\n</body>\n</html>\n"
    )


def _side(who: str, what: str, state: str) -> str:
    lower = state.lower()
    return (
        f'<div class="side {lower}"><span class="icon icon-{what.lower()}"></span>\n'
        f'<span class="mark mark-{lower}"></span>\n<span class="who">{who}</span>\n'
        f'<h3>{what}</h3>\n<span class="state">{state}</span></div>'
    )


def _styles() -> str:
    """Return a style sheet as long as such pages have: the page is 5 to 8 KB of HTML."""
    rules = [
        "*{box-sizing:border-box;margin:0;padding:0}",
        "html{-webkit-text-size-adjust:100%;font-family:system-ui,sans-serif;line-height:1.15}",
        "body{background-color:#fff;color:#404040;font-size:16px;line-height:1.5}",
        "#error-page{margin:0 auto;max-width:60rem;padding:2rem 1rem}",
        ".mono{font-family:monaco,courier,monospace}",
    ]
    for size in (240, 320, 480, 640, 720, 768, 960, 1024, 1280, 1440):
        rules += [
            f"@media (min-width:{size}px){{.sides{{display:flex;gap:{size // 80}px}}}}",
            f"@media (min-width:{size}px){{.side{{flex:1;padding:{size // 60}px;width:33.3%}}}}",
            f"@media (min-width:{size}px){{h1{{font-size:{size // 40 + 16}px;font-weight:300}}}}",
            f"@media (min-width:{size}px){{h2{{font-size:{size // 60 + 12}px;font-weight:400}}}}",
            f"@media (min-width:{size}px){{footer{{margin-top:{size // 30}px;font-size:13px}}}}",
        ]
    return "\n".join(rules) + "\n"


_STYLE = _styles()
