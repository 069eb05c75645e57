"""The page at `/_fake/`, in a headless Chromium."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
import pytest_asyncio

from fake_openai import Cut, FakeOpenAI, Stall, Status
from support.browser import Browser, Tab, chromium
from support.openai_client import ask, chat

ROWS = "document.querySelectorAll('#list li:not([hidden])').length"
WRITES = "document.querySelectorAll('#writes tr').length"
NASTY = '<img src=x onerror="window.struck=1"><script>window.struck=1</script>\'"&amp;'


# One browser for all of them: it takes longer to start than a page to be looked at.
pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    async with chromium(tmp_path_factory.mktemp("chromium")) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def tab(browser: Browser) -> AsyncIterator[Tab]:
    opened = await browser.open()
    await opened.size(1300, 900)
    yield opened
    await opened.close()
    assert opened.errors == []


@asynccontextmanager
async def shown(tab: Tab, rows: int, **settings: str) -> AsyncIterator[FakeOpenAI]:
    async with FakeOpenAI(**settings) as fake:
        fake.reply("It is sunny.", contains="weather")
        fake.fail(Status(429, retry_after=1), Cut(after=3))
        for question in ("the weather", "the weather", "something")[:rows]:
            await ask(fake, chat(question))
        await tab.go(f"{fake.url}/_fake/")
        await tab.until(f"{ROWS} == {rows}")
        yield fake
        await tab.go("about:blank")


async def text(tab: Tab, id: str) -> str:
    return str(await tab.value(f"document.getElementById('{id}').innerText"))


async def put(tab: Tab, id: str, value: str, event: str) -> None:
    """Give a control a value, as a user does."""
    control = f"document.getElementById({id!r})"
    await tab.value(f"{control}.value = {value!r}")
    await tab.value(f"{control}.dispatchEvent(new Event({event!r}))")


@pytest.mark.slow
async def test_requests_are_listed_with_their_outcome_newest_first(tab: Tab) -> None:
    async with shown(tab, 3):
        listed = await tab.value("[...document.querySelectorAll('#list li')].map(r => r.innerText)")

    assert [row.split("\n")[0] for row in listed] == ["#3", "#2", "#1"]
    assert "200 whole" in listed[0]
    assert "200 fault" in listed[1]
    assert "429 fault" in listed[2]


@pytest.mark.slow
async def test_a_request_that_comes_is_shown_without_a_reload(tab: Tab) -> None:
    async with shown(tab, 1) as fake:
        await ask(fake, chat("one more"))

        await tab.until(f"{ROWS} == 2")
        assert "one more" in await text(tab, "list")


@pytest.mark.slow
async def test_a_stream_is_shown_write_by_write_with_its_times_while_it_comes(tab: Tab) -> None:
    async with shown(tab, 2) as fake:
        fake.fail(Stall(after=3))
        asking = asyncio.ensure_future(ask(fake, chat("the weather again")))
        await tab.until(f"{ROWS} == 3")
        await tab.value("document.querySelector('[data-number=\"3\"]').click()")
        await tab.until(f"{WRITES} == 3")
        under_way = await text(tab, "facts")
        asking.cancel()
        await tab.until("document.getElementById('facts').innerText.includes('client left')")

    assert "under way" in under_way


@pytest.mark.slow
async def test_a_silence_stands_out_in_the_times(tab: Tab) -> None:
    async with shown(tab, 2) as fake:
        fake.fail((Stall(after=2, seconds=0.6), Cut(after=3)))
        await ask(fake, chat("slow"))
        await tab.until(f"{ROWS} == 3")
        await tab.value("document.querySelector('[data-number=\"3\"]').click()")
        await tab.until(f"{WRITES} == 3")
        slow = await tab.value("[...document.querySelectorAll('.slow')].map(c => c.innerText)")

    assert len(slow) == 1
    assert float(slow[0].removeprefix("+").removesuffix(" s")) >= 0.59


@pytest.mark.slow
async def test_a_request_is_shown_with_its_body_and_headers_without_keys(tab: Tab) -> None:
    async with shown(tab, 1):
        await tab.value("document.querySelector('[data-number=\"1\"]').click()")
        await tab.until("document.getElementById('body').innerText.includes('the weather')")
        headers = await tab.value("document.getElementById('headers').textContent")

    assert "authorization: (removed)" in headers


@pytest.mark.slow
async def test_scripts_faults_and_scopes_in_force_are_shown(tab: Tab) -> None:
    async with shown(tab, 1) as fake:
        fake.scope("my test", dialect="groq").reply("inside")
        await tab.until("document.getElementById('scopes').innerText.includes('my test')")
        told = await text(tab, "scopes")

    assert "reply('It is sunny.', contains='weather')" in told
    assert "fail(Status(" in told
    assert "groq, seed 0" in told
    assert "reply('inside'), used 0" in told


@pytest.mark.slow
async def test_requests_can_be_filtered_and_narrowed_to_a_scope(tab: Tab) -> None:
    async with shown(tab, 3) as fake:
        with fake.scope("my test") as scope:
            async with aiohttp.ClientSession(headers=scope.headers) as session:
                await session.get(f"{fake.base_url}/models")
            await tab.until(f"{ROWS} == 4")
            await put(tab, "filter", "something", "input")
            assert await tab.value(ROWS) == 1
            await put(tab, "filter", "", "input")
            await put(tab, "scope", "my test", "change")
            assert await tab.value(ROWS) == 1
            assert "/v1/models" in await text(tab, "list")


@pytest.mark.slow
async def test_it_can_be_used_with_the_keyboard_alone(tab: Tab) -> None:
    async with shown(tab, 3):
        await tab.press("ArrowDown")
        await tab.press("ArrowDown")
        await tab.until("document.getElementById('detail-title').innerText.startsWith('#2')")
        await tab.press("/")
        focused = await tab.value("document.activeElement.id")
        await tab.press("Escape")
        back = await tab.value("document.activeElement.dataset.number")

    assert (focused, back) == ("filter", "2")


@pytest.mark.slow
async def test_the_verdict_is_shown(tab: Tab) -> None:
    async with shown(tab, 2):
        await tab.value("document.querySelector('#verdict summary').click()")
        await tab.until("document.getElementById('judged').innerText.includes('retried in #2')")


@pytest.mark.slow
async def test_what_clients_send_is_shown_as_text_and_never_run(tab: Tab) -> None:
    async with FakeOpenAI() as fake:
        fake.reply(NASTY, contains=NASTY)
        fake.scope(NASTY).reply(NASTY)
        nasty = {**chat(NASTY), "model": NASTY, "user": NASTY}
        headers = {"Authorization": "Bearer k", "X-Nasty": NASTY, "User-Agent": NASTY}
        async with aiohttp.ClientSession(headers=headers) as session:
            async with session.post(f"{fake.base_url}/chat/completions", json=nasty) as response:
                await response.read()
            await session.get(f"{fake.url}/{NASTY}")
        await tab.go(f"{fake.url}/_fake/")
        await tab.until(f"{ROWS} == 2")
        await tab.value("document.querySelector('[data-number=\"1\"]').click()")
        await tab.until("document.getElementById('body').innerText.includes('onerror')")
        await tab.value("document.getElementById('raw').click()")
        elements = await tab.value("document.querySelectorAll('main img, main script').length")
        struck = await tab.value("'struck' in window")
        told = await tab.value("document.getElementById('facts').textContent")
        scopes = await tab.value("document.getElementById('scopes').textContent")
        await tab.go("about:blank")

    assert (elements, struck) == (0, False)
    assert NASTY in told
    assert NASTY in scopes


@pytest.mark.slow
async def test_it_asks_nobody_but_the_fake(tab: Tab) -> None:
    async with shown(tab, 1) as fake:
        await tab.value("document.querySelector('[data-number=\"1\"]').click()")
        await tab.until("document.getElementById('body').innerText.includes('weather')")
        urls = [url for url in tab.urls if not url.startswith(("about:", "data:"))]

        assert urls
        assert all(url.startswith(f"{fake.url}/_fake/") for url in urls)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_text_can_be_read_in_light_and_dark(tab: Tab, scheme: str) -> None:
    await tab.prefer(scheme)
    async with shown(tab, 3):
        await tab.value("document.querySelector('[data-number=\"2\"]').click()")
        await tab.until(f"{WRITES} == 3")
        poor = await tab.value(f"({CONTRAST})()")

    assert poor == []


@pytest.mark.slow
async def test_it_fits_a_narrow_screen(tab: Tab) -> None:
    await tab.size(360, 800)
    async with shown(tab, 3):
        await tab.value("document.querySelector('[data-number=\"2\"]').click()")
        await tab.until(f"{WRITES} == 3")

        assert await tab.value("document.documentElement.scrollWidth") <= 360


@pytest.mark.slow
async def test_a_token_is_taken_from_the_address(tab: Tab) -> None:
    async with FakeOpenAI(admin="s3cret") as fake:
        await ask(fake, chat())
        await tab.go(f"{fake.url}/_fake/#token=s3cret")
        await tab.until(f"{ROWS} == 1")
        await tab.go("about:blank")


@pytest.mark.slow
async def test_it_finds_the_server_again(tab: Tab) -> None:
    async with shown(tab, 1) as fake:
        port = fake.port
    async with FakeOpenAI(port=port) as again:
        await tab.go(f"{again.url}/_fake/")
        await tab.until("document.getElementById('state').innerText == 'live'")
    await tab.until("document.getElementById('state').innerText.startsWith('not connected')")
    async with FakeOpenAI(port=port) as again:
        await ask(again, chat("after all"))
        await tab.until("document.getElementById('list').innerText.includes('after all')")
        await tab.go("about:blank")
    tab.errors = [error for error in tab.errors if "net::ERR_" not in error]


async def test_its_files_forbid_what_is_not_theirs() -> None:
    async with FakeOpenAI() as fake, aiohttp.ClientSession() as session:
        async with session.get(f"{fake.url}/_fake") as response:
            assert (response.status, response.url.path) == (200, "/_fake/")
            policy = response.headers["Content-Security-Policy"]
            page = await response.text()

    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "<script>" not in page
    assert " style=" not in page
    assert json.dumps("http") not in page


# Every text against what is behind it: 4.5 to 1 (WCAG 2.1, 1.4.3).
CONTRAST = """() => {
  const rgb = (color) => (color.match(/[\\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = (one) => {
    for (; one; one = one.parentElement) {
      const color = rgb(getComputedStyle(one).backgroundColor);
      if (color[3] !== 0 || color.length === 3) return color;
    }
    return [255, 255, 255];
  };
  const poor = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walk.nextNode()); ) {
    const one = node.parentElement;
    if (!node.data.trim() || !one.checkVisibility() || one.closest(".used, .skip")) continue;
    const [a, b] = [light(rgb(getComputedStyle(one).color)), light(behind(one))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(`${node.data.trim()}: ${ratio.toFixed(2)}`);
  }
  return poor;
}"""
