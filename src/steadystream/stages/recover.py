"""Opens, fails, decides, waits, opens again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace

from steadystream.errors import StreamFault, Truncated
from steadystream.events import Batch, Finished, Interrupted, Message, Verdict, Waiting
from steadystream.policy.backoff import Dice
from steadystream.policy.budget import Budget
from steadystream.policy.recovery import Conclude, Continue, GiveUp, Recovery, Retries, Retry
from steadystream.policy.refused import RefusedRungs
from steadystream.protocol.api import CHAT, AnyTranscript, Api, Holds, Joint
from steadystream.protocol.dialects import Dialect
from steadystream.protocol.upstream import Upstream
from steadystream.request import Request

from .leaving import Leave
from .stage import Open, stage


@dataclass(slots=True)
class Recover:
    """Makes one answer of as many attempts as it takes.

    Goes inside `Capture`, in whose transcript it keeps what it delivers, and outside everything
    that belongs to one attempt. Whatever exception leaves carries that transcript in `partial`.

    Attributes:
        dialect: how the server is asked to go on.
        settings: how hard to try.
        dice: for the jitter of the waits.
        budget: pays for further attempts, of all answers together; None = without end.
        refused: what this client knows that servers do not take.
        others: upstreams that may be asked besides the first.
        leave: ends the wait when the answer is closed by its own side; None = nobody closes it.
        api: what kind of answers they are.
    """

    dialect: Dialect
    settings: Retries
    dice: Dice = field(repr=False)
    budget: Budget | None = None
    refused: RefusedRungs = field(default_factory=RefusedRungs, repr=False)
    leave: Leave | None = field(default=None, repr=False)
    others: Sequence[Upstream] = ()
    api: Api = CHAT

    @stage
    async def __call__(self, request: Request, open: Open) -> AsyncGenerator[Batch, None]:
        """Yield one answer, made of as many attempts as it takes."""
        api = self.api
        keep = api.keep
        so_far = request.so_far if request.so_far is not None else api.transcript()
        recovery = Recovery(
            request,
            self.dialect,
            self.settings,
            self.budget,
            self.refused,
            others=self.others,
            api=api,
        )
        course = _Course(request, so_far, recovery, self.dice, api)
        if self.budget is not None:
            self.budget.earn(asyncio.get_running_loop().time())
        try:
            while True:
                fault: StreamFault | None = None
                try:
                    joint, hold = course.joint, self._hold()
                    async with open(course.attempt) as events:
                        async for batch in events:
                            whole = batch if hold is None else hold.feed(batch)
                            delivered = whole if joint.is_open else joint.feed(whole)
                            if delivered:
                                keep(so_far, delivered)
                                yield delivered
                    delivered = _held(joint, hold, so_far)
                    if delivered:
                        keep(so_far, delivered)
                        yield delivered
                except StreamFault as error:
                    fault = error if self.leave is None else self.leave.instead_of(error, request)
                told, pause = course.after(fault, asyncio.get_running_loop().time())
                keep(so_far, told)
                yield told
                if pause is None:
                    course.end()
                    return
                await self._sleep(pause, request)
        except GeneratorExit:
            raise
        except BaseException as error:
            error.partial = so_far  # type: ignore[attr-defined]  # cancellation carries it too
            raise

    async def _sleep(self, seconds: float, request: Request) -> None:
        if self.leave is None:
            await asyncio.sleep(seconds)
        else:
            await self.leave.sleep(seconds, request)

    def _hold(self) -> Holds | None:
        return self.api.hold() if self.settings.tool_calls == "hold" else None


class _Course:
    """The attempts of one answer, one after the other.

    Attributes:
        attempt: what is asked for now.
        joint: what its stream has to pass to become part of the answer.
    """

    def __init__(
        self, request: Request, so_far: AnyTranscript, recovery: Recovery, dice: Dice, api: Api
    ) -> None:
        self._request = request
        self._so_far = so_far
        self._recovery = recovery
        self._dice = dice
        self._api = api
        self._cause: StreamFault | None = None
        self.attempt = request
        self.joint = api.head()
        self._broken: StreamFault | None = None

    def after(self, fault: StreamFault | None, now: float) -> tuple[Batch, float | None]:
        """Return what is told at the end of an attempt, and the pause before the next.

        None = there is none: `end` says how the answer ended.
        """
        number = self.attempt.attempt
        if fault is None:
            whole = self._api.is_whole(self._request, self._so_far)
            verdict = Verdict.COMPLETE if whole else Verdict.UNKNOWN
            return [Finished(verdict, number)], None
        decision = self._recovery.after(fault, self._so_far, now=now, dice=self._dice)
        match decision:
            case GiveUp(why):
                fault.give_up(why)
                fault.__cause__ = fault.__cause__ or self._cause
                self._broken = fault
                return self._api.parting(self.joint, self._so_far, fault), None
            case Conclude():
                return self._ending(fault, number), None
            case Retry():
                self.attempt = self._recovery.request.but(attempt=number + 1)
                self.joint = self._api.head()
            case Continue(continuation=rest):
                if rest.request is None:
                    end = self._api.ending(self._so_far, number, fault, self._recovery.before)
                    return [*end, Finished(Verdict.COMPLETE, number)], None
                self.attempt = replace(rest.request, attempt=number + 1)
                between = self._recovery.before, self._recovery.place
                self.joint = self._api.joint(rest, self._so_far, number + 1, fault, between)
        self._cause = fault
        return [Interrupted(number, fault), Waiting(decision.seconds)], decision.seconds

    def end(self) -> None:
        """Note that all was told.

        Raises:
            StreamFault: the one that nothing could be done about, if there was one.
        """
        if self._broken is not None:
            raise self._broken

    def _ending(self, fault: StreamFault, attempts: int) -> Batch:
        """Return what follows the last token of an answer that was whole before the fault.

        A terminator that the fault swallowed is put back; a server that ends without one keeps its
        way.
        """
        lost = not isinstance(fault, Truncated)
        back = self._api.terminator() if lost else []
        return [*back, Finished(Verdict.COMPLETE, attempts)]


def _held(joint: Joint, hold: Holds | None, so_far: AnyTranscript) -> Batch:
    """Return all that is held back still, of an attempt whose server ends without a word.

    Raises:
        StreamFault: a call is not whole, or nothing came before the end, be it `[DONE]`.
    """
    held = [*joint.feed([] if hold is None else hold.close()), *joint.close()]
    began = joint.is_open or so_far.started or any(event.carries for event in held)
    if not began:
        raise Truncated(sum(isinstance(event, Message) for event in held))
    return held
