"""What a redirect to another origin leaves behind."""

from __future__ import annotations

from dataclasses import dataclass, field

import aiohttp
from aiohttp import hdrs
from aiohttp.abc import AbstractCookieJar
from aiohttp.client_middlewares import ClientHandlerType
from yarl import URL

from .exchange import opens


@dataclass
class LeftBehind:
    """A middleware of one exchange: what opens a server stays with the origin it was given for.

    aiohttp sees to `Authorization` alone, in older versions, and to no key by another name. Once
    the origin was left, nothing is sent any more on the way back either, as browsers do it.

    Attributes:
        origin: where the exchange begins.
        jar: whose cookies with a domain go to that domain, wherever it was come from.
        left: whether a request went elsewhere.
        authorization: that was sent before; another one is of the redirect's own URL, or of a file
            that knows the other host.

    Source: WHATWG Fetch, "HTTP-redirect fetch".
    """

    origin: URL
    jar: AbstractCookieJar
    left: bool = False
    authorization: str | None = field(default=None, repr=False)

    async def __call__(
        self, request: aiohttp.ClientRequest, handler: ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """Send the request on, without what is not for its server."""
        self.left = self.left or request.url.origin() != self.origin
        if self.left:
            self._leave(request)
        else:
            self.authorization = request.headers.get(hdrs.AUTHORIZATION)
        return await handler(request)

    def _leave(self, request: aiohttp.ClientRequest) -> None:
        headers = request.headers
        own = headers.get(hdrs.AUTHORIZATION)
        for name in [name for name in headers if opens(name)]:
            headers.popall(name, None)
        if own is not None and own != self.authorization:
            headers[hdrs.AUTHORIZATION] = own
        headers.popall(hdrs.COOKIE, None)
        cookies = self._cookies(request.url)
        if cookies:
            headers[hdrs.COOKIE] = cookies

    def _cookies(self, url: URL) -> str:
        """Return the cookies that belong to a place; those without a domain belong to none."""
        anywhere = {each.key for each in self.jar if not each["domain"]}
        belong = self.jar.filter_cookies(url).items()
        return "; ".join(
            f"{name}={each.coded_value}" for name, each in belong if name not in anywhere
        )
