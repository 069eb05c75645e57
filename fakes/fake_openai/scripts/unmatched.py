"""What a request is told that no script matches, where the fake is strict."""

from __future__ import annotations

from fake_openai.errors.errors import ApiError
from fake_openai.keeping.journal import Received

from .match import brief
from .rulebook import Rules


def unmatched(received: Received, rules: Rules) -> ApiError:
    """Return the refusal of a request that no rule matches: the nearest rule, and the difference.

    Its status is one that no client tries again.
    """
    told = f"The fake is strict and no script matches this request for {brief(received.model)}"
    told += f" with the question {brief(received.question)}."
    near = rules.nearest(received)
    if near is not None:
        missed = "; ".join(map(str, near.match.differences(received)))
        told += f" The nearest is {near}: {missed}."
    else:
        used_up = rules.list()
        told += f" All {len(used_up)} scripts are used up." if used_up else " There is none at all."
    return ApiError(400, told, code="fake_no_script", kind="no_script")
