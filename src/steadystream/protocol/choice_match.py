"""Compares one choice of a regenerated answer with what was delivered of it."""

from __future__ import annotations

from typing import Any

from steadystream.errors import SpliceMismatch

from . import chat
from .choice_transcript import ChoiceTranscript
from .expected import Expected, ExpectedCall, calls_expected, mismatch
from .rewriting import shorten
from .signed import is_signed

_REASONING = ("reasoning", "reasoning_content", "reasoning_details")


class ChoiceMatch:
    """Takes away from a choice what the consumer has of it, while it is the same.

    Nothing new passes before all that was delivered came again. Reasoning alone may differ, as long
    as nothing but reasoning was delivered: then what comes of it in place of the rest is dropped.

    Args:
        delivered: what the consumer has.
        anew: whether reasoning is delivered again, from its beginning.
    """

    def __init__(self, delivered: ChoiceTranscript, *, anew: bool = False) -> None:
        self._is_over = bool(delivered.finish_reason)
        self._text = Expected(delivered.text)
        self._refusal = Expected(delivered.refusal)
        self._reasoning = Expected("" if anew else delivered.reasoning)
        self._calls = calls_expected(delivered.tool_calls)
        legacy = delivered.function_call
        self._legacy = calls_expected([legacy])[0] if legacy is not None else None
        self._annotations = list(delivered.annotations)
        self._again = ChoiceTranscript(delivered.index)
        others = delivered.text or delivered.refusal or delivered.tool_calls or legacy
        thought = delivered.reasoning or delivered.reasoning_details
        self._only_reasoned = bool(thought) and not others and not anew
        self._differs = False
        self._goes_on = False

    @property
    def is_verified(self) -> bool:
        """Whether all that was delivered came again."""
        return not self._differs and self._is_met and self._reasoning.is_met

    @property
    def _is_met(self) -> bool:
        parts: list[Expected | ExpectedCall] = [self._text, self._refusal, *self._calls]
        if self._legacy is not None:
            parts.append(self._legacy)
        if not self._only_reasoned:
            parts.append(self._reasoning)
        return all(part.is_met for part in parts) and not self._annotations

    def keep(self, choice: chat.Choice, document: dict[str, Any]) -> bool:
        """Take from the `document` of a choice what was delivered; say whether anything is left.

        Raises:
            SpliceMismatch: it is another answer.
        """
        if self._is_over:
            return False
        delta: dict[str, Any] = document.get("delta") or {}
        document["delta"] = delta
        delta.pop("role", None)
        thought = self._keep_reasoning(choice.delta, delta)
        left = self._keep_text(choice, document)
        left |= self._keep_refusal(choice.delta, delta)
        left |= self._keep_calls(choice.delta, delta)
        left |= self._keep_others(choice.delta, delta)
        ends = bool(choice.finish_reason)
        if (thought or left or ends) and not self._is_met:
            raise mismatch("the end of the answer" if ends else "something else before it")
        self._goes_on |= left
        return thought or left or ends

    def close(self) -> None:
        """Note the end of the answer.

        Raises:
            SpliceMismatch: it came too early.
        """
        if not self._is_over and not self._is_met:
            raise mismatch("the end of the answer")

    def _keep_text(self, choice: chat.Choice, document: dict[str, Any]) -> bool:
        text = choice.delta.content or choice.text or ""
        fresh = self._text.fresh(text)
        if fresh != text:
            shorten(document, fresh, len(text) - len(fresh))
        return bool(fresh)

    def _keep_refusal(self, said: chat.Delta, delta: dict[str, Any]) -> bool:
        fresh = self._refusal.fresh(said.refusal or "")
        if said.refusal:
            delta["refusal"] = fresh
        return bool(fresh)

    def _keep_reasoning(self, said: chat.Delta, delta: dict[str, Any]) -> bool:
        text, details = said.reasoning, said.reasoning_details
        if not text and not details:
            return False
        fresh = self._fresh_reasoning(text, details or [])
        if fresh == text and fresh:
            return True
        for name in _REASONING:
            if delta.get(name):
                delta[name] = fresh
        delta.pop("reasoning_details", None)
        if fresh and not any(delta.get(name) for name in _REASONING):
            delta["reasoning"] = fresh  # it came in details, which cannot be cut
        return bool(fresh)

    def _fresh_reasoning(self, text: str, details: list[Any]) -> str:
        if self._goes_on:  # reasoning between parts of the answer is no repetition
            return text
        if not self._only_reasoned:
            return self._reasoning.fresh(text)
        # A signature holds for the reasoning that it came with, and not for what two made up.
        self._differs |= is_signed(details)
        if not self._differs:
            try:
                return self._reasoning.fresh(text)
            except SpliceMismatch:
                self._differs = True
        return ""

    def _keep_calls(self, said: chat.Delta, delta: dict[str, Any]) -> bool:
        kept = []
        for part, document in zip(
            said.tool_calls or (), delta.get("tool_calls") or (), strict=False
        ):
            call = self._again.call_of(part)
            call.feed(part)
            number = next(n for n, each in enumerate(self._again.tool_calls) if each is call)
            if number >= len(self._calls):
                if part.carries:
                    kept.append(document)
                continue
            rest = _rest_of(self._calls[number], part)
            if rest:
                kept.append(_only_arguments(document, rest, self._calls[number].id))
        if said.tool_calls:
            delta["tool_calls"] = kept
            if not kept:
                del delta["tool_calls"]
        return bool(kept) | self._keep_legacy(said, delta)

    def _keep_legacy(self, said: chat.Delta, delta: dict[str, Any]) -> bool:
        call = said.function_call
        if call is None:
            return False
        if self._legacy is None:
            return bool(call.name or call.arguments)
        rest = self._legacy.fresh(None, call.name, call.arguments)
        delta["function_call"] = {"arguments": rest}
        if not rest:
            del delta["function_call"]
        return bool(rest)

    def _keep_others(self, said: chat.Delta, delta: dict[str, Any]) -> bool:
        kept = []
        for annotation in said.annotations or ():
            if not self._annotations:
                kept.append(annotation)
            elif annotation != self._annotations.pop(0):
                raise mismatch("another annotation")
        if said.annotations:
            delta["annotations"] = kept
        return bool(kept or said.audio)


def _rest_of(expected: ExpectedCall, part: chat.ToolCallDelta) -> str:
    called = part.function or part.custom or chat.FunctionDelta()
    return expected.fresh(part.type, called.name, called.arguments or called.input)


def _only_arguments(part: dict[str, Any], rest: str, id: str) -> dict[str, Any]:
    """Return a part of a call with nothing but the rest of its arguments, under its first id."""
    kind = "custom" if part.get("custom") else "function"
    name = "input" if kind == "custom" else "arguments"
    kept: dict[str, Any] = {key: part[key] for key in ("index", "type") if key in part}
    named = {"id": id} if part.get("id") else {}
    return {**kept, **named, kind: {name: rest}}
