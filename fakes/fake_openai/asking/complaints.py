"""Refusals of parts of a request: what was expected and what came, in the words of the API."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fake_openai.errors.errors import ApiError

from .rules import listed


def invalid(
    told: str,
    param: str | None,
    code: str | None = None,
    kind: str = "invalid",
    *,
    given: Any = None,
) -> ApiError:
    """Return the refusal that says `told` of `param`, where `given` stood."""
    return ApiError(400, told, param=param, code=code, kind=kind, given=given)


def missing(path: str) -> ApiError:
    """A part that must be there is not."""
    told = f"Missing required parameter: '{path}'."
    return invalid(told, path, "missing_required_parameter")


def unknown(path: str, near: Sequence[str] = ()) -> ApiError:
    """There is no such part; `near` are names that may have been meant."""
    hint = f" Did you mean {listed(near, 'or')}?" if near else ""
    return invalid(f"Unknown parameter: '{path}'.{hint}", path, "unknown_parameter", "unknown")


def unrecognized(names: Sequence[str]) -> ApiError:
    """There are no such parameters, in the words used for models before GPT-5."""
    arguments = "argument" if len(names) == 1 else "arguments"
    told = f"Unrecognized request {arguments} supplied: {', '.join(names)}"
    return invalid(told, None, None, "unknown")


def wrong_type(path: str, expected: str, got: Any) -> ApiError:
    """A part is of another JSON type than `expected`."""
    told = f"Invalid type for '{path}': expected {expected}, but got {called(got)} instead."
    return invalid(told, path, "invalid_type", given=got)


def not_among(path: str, choices: Sequence[str], got: str) -> ApiError:
    """A part is none of `choices`."""
    told = f"Invalid value: '{got}'. Supported values are: {listed(choices, 'and')}."
    return invalid(told, path, "invalid_value", given=got)


def below(path: str, number: str, lowest: float, got: float) -> ApiError:
    """A number is too small."""
    told = f"Invalid '{path}': {number} below minimum value."
    told += f" Expected a value >= {lowest}, but got {got} instead."
    return invalid(told, path, f"{number}_below_min_value", given=got)


def above(path: str, number: str, highest: float, got: float) -> ApiError:
    """A number is too large."""
    told = f"Invalid '{path}': {number} above maximum value."
    told += f" Expected a value <= {highest}, but got {got} instead."
    return invalid(told, path, f"{number}_above_max_value", given=got)


def too_short(path: str, kind: str, shortest: int, length: int) -> ApiError:
    """A `string` or an `array` is too short."""
    article = "an" if kind == "array" else "a"
    if length == 0:
        told = f"Invalid '{path}': empty {kind}. Expected {article} {kind} with minimum length"
        return invalid(
            f"{told} {shortest}, but got an empty {kind} instead.", path, f"empty_{kind}"
        )
    told = f"Invalid '{path}': {kind} too short. Expected {article} {kind} with minimum length"
    told += f" {shortest}, but got {article} {kind} with length {length} instead."
    return invalid(told, path, f"{kind}_below_min_length")


def too_long(path: str, kind: str, longest: int, length: int) -> ApiError:
    """A `string` or an `array` is too long."""
    article = "an" if kind == "array" else "a"
    told = f"Invalid '{path}': {kind} too long. Expected {article} {kind} with maximum length"
    told += f" {longest}, but got {article} {kind} with length {length} instead."
    return invalid(told, path, f"{kind}_above_max_length")


def no_match(path: str, pattern: str) -> ApiError:
    """A text does not match `pattern`."""
    told = f"Invalid '{path}': string does not match pattern."
    told += f" Expected a string that matches the pattern '{pattern}'."
    return invalid(told, path, "invalid_value")


def too_many(path: str, most: int, count: int) -> ApiError:
    """An object has too many members."""
    told = f"Invalid '{path}': too many properties. Expected an object with at most {most}"
    told += f" properties, but got an object with {count} properties instead."
    return invalid(told, path, "object_above_max_properties")


def long_name(path: str, name: str, longest: int) -> ApiError:
    """A member has too long a name."""
    told = f"Invalid property name in '{path}': '{name[:3]}...{name[-3:]}' is too long. Expected a"
    told += f" string with maximum length {longest}, but got a string with length {len(name)}"
    return invalid(f"{told} instead.", f"{path}.{name}", "property_name_above_max_length")


def unsupported(name: str, instead: str = "") -> ApiError:
    """The model does not have a parameter; `instead` is the one it has."""
    told = f"Unsupported parameter: '{name}' is not supported with this model."
    told += f" Use '{instead}' instead." if instead else ""
    return invalid(told, name, "unsupported_parameter", "")


def unsupported_value(name: str, got: Any, supported: Sequence[str] | None) -> ApiError:
    """The model has a parameter, but not this value; `supported` None = only the default, 1."""
    shown = f"'{got}'" if isinstance(got, str) else got
    told = f"Unsupported value: '{name}' does not support {shown} with this model."
    if supported is None:
        told += " Only the default (1) value is supported."
    else:
        told += f" Supported values are: {listed(supported, 'and')}."
    return invalid(told, name, "unsupported_value", "")


def only_with(name: str, condition: str) -> ApiError:
    """A parameter is there without what it belongs to: `'store' is enabled`, for example."""
    return invalid(f"The '{name}' parameter is only allowed when {condition}.", name, None, "")


def called(value: Any) -> str:
    """Return the JSON type of `value`, with its article."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int():
            return "an integer"
        case float():
            return "a decimal number"
        case str():
            return "a string"
        case list():
            return "an array"
        case _:
            return "an object"
