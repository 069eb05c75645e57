from __future__ import annotations

import pytest

from steadystream.errors import InvalidRequest
from steadystream.policy.addresses import checked_url
from steadystream.policy.fallbacks import Fallback

USABLE = [
    "https://api.openai.com/v1",
    "http://localhost:8000",
    "http://127.0.0.1:8000/v1/",
    "http://[::1]:8000/v1",
    "https://bücher.example/v1",
    "https://a_b.example/v1",
    "https://host.example./v1",
    "https://completions.example/v1",
    "https://host/responses/v1",
]


@pytest.mark.parametrize("url", USABLE)
def test_a_url_that_can_work_is_left_as_it_is(url: str) -> None:
    assert checked_url(url) == url


@pytest.mark.parametrize("end", ["", "/", "//"])
@pytest.mark.parametrize("endpoint", ["/chat/completions", "/responses", "/completions"])
@pytest.mark.parametrize("host", ["http://host:80/v1", "https://user:pw@host/v1"])
def test_a_url_of_an_endpoint_is_refused_with_what_to_leave_off(
    host: str, endpoint: str, end: str
) -> None:
    with pytest.raises(InvalidRequest, match=f"base_url must .*leave off '{endpoint}'") as caught:
        checked_url(host + endpoint + end)

    assert "pw" not in str(caught.value)


@pytest.mark.parametrize(
    "host", ["a..b", ".a", "a" * 64, f"x.{'a' * 64}.b", "\u2260\u200e.example"]
)
def test_a_host_that_cannot_be_looked_up_is_refused(host: str) -> None:
    with pytest.raises(InvalidRequest, match="base_url must be like https://host/v1"):
        checked_url(f"http://{host}/v1")


def test_a_fallback_is_checked_as_the_first_is() -> None:
    with pytest.raises(InvalidRequest, match=r"fallback\.base_url must .*leave off"):
        Fallback(base_url="https://host/v1/chat/completions", api_key=None)
    with pytest.raises(InvalidRequest, match=r"fallback\.base_url must be like"):
        Fallback(base_url="https://a..b/v1", api_key=None)
