"""Objects under instructor, over the Responses API."""

from __future__ import annotations

from functools import partial
from typing import ClassVar

import instructor

from clients import responses_claims as claims
from clients.asking import STORM, in_call
from clients_litellm.test_instructor_healed import CALM, TWO, grown, one_by_one
from fake_openai import Answer, ToolCall

RESPONSES = instructor.Mode.RESPONSES_TOOLS


class TestPartials(claims.Objects):
    ways: ClassVar = {"tools": (partial(grown, RESPONSES), in_call("Weather"))}
    wanted: ClassVar = STORM.model_dump()


class TestIterables(claims.Objects):
    ways: ClassVar = {
        "tools": (
            partial(one_by_one, RESPONSES),
            Answer(tool_calls=[ToolCall("IterableWeather", TWO)]),
        )
    }
    wanted: ClassVar = [STORM, CALM]
