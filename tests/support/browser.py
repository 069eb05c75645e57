"""A headless Chromium, driven over its DevTools protocol."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import itertools
import json
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp

_KEYS = {"ArrowDown": 40, "ArrowUp": 38, "Escape": 27, "Enter": 13, "Tab": 9, "/": 191}


class Browser:
    """The browser, whose tabs are apart from each other."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._tabs: dict[str, Tab] = {}

    async def listen(self) -> None:
        async for message in self._socket:
            told = json.loads(message.data)
            if "id" in told:
                waiting = self._waiting.pop(told["id"], None)
                if waiting is not None and not waiting.done():
                    waiting.set_result(told)
            elif told.get("sessionId") in self._tabs:
                self._tabs[told["sessionId"]].note(told["method"], told["params"])

    async def do(self, method: str, session: str | None = None, **params: Any) -> Any:
        number = next(self._numbers)
        waiting = self._waiting[number] = asyncio.get_running_loop().create_future()
        call: dict[str, Any] = {"id": number, "method": method, "params": params}
        if session:
            call["sessionId"] = session
        await self._socket.send_json(call)
        async with asyncio.timeout(20):
            told = await waiting
        assert "error" not in told, told
        return told["result"]

    async def open(self) -> Tab:
        context = await self.do("Target.createBrowserContext")
        target = await self.do("Target.createTarget", url="about:blank", **context)
        attached = await self.do("Target.attachToTarget", targetId=target["targetId"], flatten=True)
        tab = Tab(self, attached["sessionId"], target["targetId"])
        self._tabs[attached["sessionId"]] = tab
        for domain in ("Page", "Runtime", "Log", "Network"):
            await tab.do(f"{domain}.enable")
        return tab


class Tab:
    """One page in the browser.

    Attributes:
        errors: what the page logged as an error, and exceptions nobody caught.
        urls: what it asked the network for.
    """

    def __init__(self, browser: Browser, session: str, target: str) -> None:
        self.errors: list[str] = []
        self.urls: list[str] = []
        self._browser = browser
        self._session = session
        self._target = target

    def note(self, method: str, told: dict[str, Any]) -> None:
        if method == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(told["exceptionDetails"]))
        elif method == "Log.entryAdded" and told["entry"]["level"] == "error":
            self.errors.append(told["entry"]["text"])
        elif method == "Network.requestWillBeSent":
            self.urls.append(told["request"]["url"])

    async def do(self, method: str, **params: Any) -> Any:
        return await self._browser.do(method, self._session, **params)

    async def close(self) -> None:
        await self._browser.do("Target.closeTarget", targetId=self._target)

    async def go(self, url: str) -> None:
        await self.do("Page.navigate", url=url)

    async def value(self, expression: str) -> Any:
        """Return the value of a JavaScript expression."""
        told = await self.do(
            "Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in told, told
        return told["result"].get("value")

    async def until(self, expression: str, seconds: float = 10.0) -> Any:
        """Wait until a JavaScript expression is true, and return its value."""
        # What it asks for need not be there yet.
        tried = f"(() => {{ try {{ return {expression} }} catch {{ return null }} }})()"
        try:
            async with asyncio.timeout(seconds):
                while True:
                    value = await self.value(tried)
                    if value:
                        return value
                    await asyncio.sleep(0.02)
        except TimeoutError:
            text = await self.value("document.body?.innerText")
            raise AssertionError(f"never true: {expression}\n{text}\n{self.errors}") from None

    async def press(self, key: str) -> None:
        code = _KEYS[key]
        text = {"text": key} if len(key) == 1 else {}
        common = {"key": key, "windowsVirtualKeyCode": code}
        await self.do("Input.dispatchKeyEvent", type="keyDown", **common, **text)
        await self.do("Input.dispatchKeyEvent", type="keyUp", **common)

    async def size(self, width: int, height: int) -> None:
        await self.do(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )

    async def prefer(self, scheme: str) -> None:
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        await self.do("Emulation.setEmulatedMedia", features=features)

    async def picture(self, path: Path) -> None:
        told = await self.do("Page.captureScreenshot", format="png")
        await asyncio.to_thread(path.write_bytes, base64.b64decode(told["data"]))


def program() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    assert found, "the page is tested in Chromium: install the package chromium"
    return found


@contextlib.asynccontextmanager
async def chromium(folder: Path) -> AsyncIterator[Browser]:
    """Start a browser whose files are in `folder`."""
    process = await asyncio.create_subprocess_exec(
        program(),
        *("--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run"),
        *("--disable-dev-shm-usage", "--disable-background-networking", "--hide-scrollbars"),
        *("--remote-debugging-port=0", f"--user-data-dir={folder}", "about:blank"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(60):
            url = await _url(process)
        async with aiohttp.ClientSession() as session:
            async with session.ws_connect(url, max_msg_size=0) as socket:
                browser = Browser(socket)
                listening = asyncio.ensure_future(browser.listen())
                yield browser
                listening.cancel()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def _url(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    said = b""
    async for line in process.stderr:
        said += line
        if b"DevTools listening on " in line:
            return line.split()[-1].decode()
    raise AssertionError(f"Chromium did not start: {said.decode(errors='replace')}")
