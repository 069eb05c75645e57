from __future__ import annotations

from dataclasses import fields, replace

import pytest

from steadystream.request import Request
from support.scripted import REQUEST

CHANGES = {"url": "http://other", "attempt": 3, "deadline": 1.0, "hedge": True}


def test_a_changed_copy_is_what_the_standard_library_makes_of_it() -> None:
    changed = REQUEST.but(**CHANGES)

    expected = replace(REQUEST, **CHANGES)
    assert [getattr(changed, each.name) for each in fields(Request)] == [
        getattr(expected, each.name) for each in fields(Request)
    ]


def test_a_member_that_is_none_is_refused() -> None:
    with pytest.raises(TypeError):
        REQUEST.but(colour="red")


def test_an_upstream_is_named_by_model_and_host_without_a_password() -> None:
    request = Request("https://user:secret@host:8000/v1/chat/completions", {"model": "m"})

    assert request.upstream == "m at host:8000"


def test_an_upstream_without_a_model_is_named_by_its_path() -> None:
    request = Request("https://host/deployments/d/chat/completions", {})

    assert request.upstream == "/deployments/d/chat/completions at host"
