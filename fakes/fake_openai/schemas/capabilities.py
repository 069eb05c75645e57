"""What a model refuses in a chat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fake_openai.asking import complaints
from fake_openai.asking.complaints import invalid, unsupported, unsupported_value
from fake_openai.inventing import catalogue
from fake_openai.inventing.catalogue import Model

from . import combinations

_MOST_CHOICES_OF_NEW = 8
_MOST_TOP_OF_NEW = 5
_OLD_ONLY = ("stop", "logit_bias", "prediction")


def check(body: Mapping[str, Any]) -> None:
    """Check what OpenAI's models can do with `body`, whose parts are sound.

    Raises:
        ApiError: a parameter, or its value, is not for this model, or not beside another.
    """
    model = catalogue.find(body["model"])
    given = {name: value for name, value in body.items() if value is not None}
    _limits(given, model)
    combinations.check(given, model)
    _efforts(given, model)
    _sampling(given, model)
    _modalities(given, model)


def _limits(given: Mapping[str, Any], model: Model) -> None:
    if model.new and given.get("n", 1) > _MOST_CHOICES_OF_NEW:
        raise complaints.above("n", "integer", _MOST_CHOICES_OF_NEW, given["n"])
    if not model.old_limit:
        if "max_tokens" in given:
            raise unsupported("max_tokens", "max_completion_tokens")
        for name in _OLD_ONLY:
            if name in given:
                raise unsupported(name)
    if model.efforts and not model.new and "parallel_tool_calls" in given:
        raise unsupported("parallel_tool_calls")
    if "web_search_options" in given and not model.searches:
        raise invalid("Web search options not supported with this model.", None, None, "")


def _efforts(given: Mapping[str, Any], model: Model) -> None:
    if model is catalogue.UNKNOWN:
        return
    effort = given.get("reasoning_effort")
    if effort is not None and not model.efforts:
        if model.new:
            raise unsupported("reasoning_effort")
        raise complaints.unrecognized(["reasoning_effort"])
    if effort is not None and effort not in model.efforts:
        raise unsupported_value("reasoning_effort", effort, model.efforts)
    verbosity = given.get("verbosity")
    if verbosity is not None and model.verbosities and verbosity not in model.verbosities:
        raise unsupported_value("verbosity", verbosity, model.verbosities)


def _sampling(given: Mapping[str, Any], model: Model) -> None:
    if model.new and given.get("top_logprobs", 0) > _MOST_TOP_OF_NEW:
        told = "Invalid value for 'top_logprobs': must be less than or equal to 5."
        raise invalid(told, "top_logprobs", None, "")
    if model.sampled or model.effort_of(given.get("reasoning_effort")) == "none":
        return
    for name in ("temperature", "top_p"):
        if given.get(name, 1) != 1:
            raise unsupported_value(name, given[name], None)
    for name in ("presence_penalty", "frequency_penalty", "logprobs"):
        if given.get(name):
            raise unsupported(name)


def _modalities(given: Mapping[str, Any], model: Model) -> None:
    modalities = given.get("modalities", ())
    if "audio" in given and "audio" not in modalities:
        told = "The 'audio' parameter is only allowed when 'modalities' includes 'audio'."
        raise invalid(told, "audio", None, "")
    if "audio" not in modalities:
        return
    if not model.speaks:
        told = "This model does not support audio output. Supported modalities are: 'text'."
        raise invalid(told, "modalities", "unsupported_value", "")
    told = "Audio output is not available here. Supported modalities are: 'text'."
    raise invalid(told, "modalities", "unsupported_value", "")
