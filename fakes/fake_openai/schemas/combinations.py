"""Which parameters of a chat exclude or need one another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fake_openai.asking.complaints import invalid, only_with
from fake_openai.inventing.catalogue import Model

_ONE_LIMIT = (
    "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported. Please use"
    " 'max_completion_tokens'."
)
# (parameter, what it belongs to): refused without that.
_NEEDS = (
    ("tool_choice", "tools"),
    ("parallel_tool_calls", "tools"),
    ("function_call", "functions"),
)
_SWITCHES = (("stream_options", "stream"), ("top_logprobs", "logprobs"), ("metadata", "store"))
_NOT_WITH_PREDICTION = (
    "n",
    "logprobs",
    "max_completion_tokens",
    "tools",
    "functions",
    "audio",
)


def check(given: Mapping[str, Any], model: Model) -> None:
    """Check the parameters that are there, none of them null.

    Raises:
        ApiError: one is there without what it belongs to, or beside what it excludes.
    """
    if "max_tokens" in given and "max_completion_tokens" in given:
        raise invalid(_ONE_LIMIT, "max_tokens", "invalid_parameter_combination", "")
    for name in given.get("logit_bias", ()):
        if not (name.isascii() and name.isdigit()):
            told = f"Invalid key in 'logit_bias': {name}. You should only be submitting"
            raise invalid(f"{told} non-negative integers.", "logit_bias", None, "")
    for name, needed in _NEEDS:
        if needed not in given and given.get(name, "none") != "none":
            told = f"Invalid value for '{name}': '{name}' is only allowed when '{needed}' are"
            raise invalid(f"{told} specified.", name, None, "")
    for name, switch in _SWITCHES:
        # GPT-5 and later take metadata of answers that are not kept.
        if name in given and not given.get(switch) and not (name == "metadata" and model.new):
            raise only_with(name, f"'{switch}' is enabled")
    for name in _NOT_WITH_PREDICTION if "prediction" in given else ():
        if given.get(name, 1) not in (1, False):
            told = f"The '{name}' parameter is not allowed when 'prediction' is specified."
            raise invalid(told, name, None, "")
