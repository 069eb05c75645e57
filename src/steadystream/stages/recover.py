"""Opens, fails, decides, waits, opens again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field, replace

from steadystream.errors import StreamFault, Truncated
from steadystream.events import Batch, Done, Finished, Interrupted, Verdict, Waiting
from steadystream.policy.backoff import Dice
from steadystream.policy.recovery import Conclude, GiveUp, Recovery, Retries, Retry
from steadystream.protocol import splice
from steadystream.protocol.continuation import is_whole
from steadystream.protocol.dialects import Dialect
from steadystream.protocol.transcript import Transcript
from steadystream.request import Request

from .stage import Open, stage


@dataclass(frozen=True)
class Recover:
    """Makes one answer of as many attempts as it takes.

    Goes inside `Capture`, whose transcript says what was delivered, and outside everything that
    belongs to one attempt.

    Attributes:
        dialect: how the server is asked to go on.
        settings: how hard to try.
        dice: for the jitter of the waits.
    """

    dialect: Dialect
    settings: Retries
    dice: Dice = field(repr=False)

    @stage
    async def __call__(self, request: Request, open: Open) -> AsyncGenerator[Batch, None]:
        """Yield one answer, made of as many attempts as it takes."""
        so_far = request.so_far if request.so_far is not None else Transcript()
        recovery = Recovery(request, self.dialect, self.settings)
        attempt = request
        joint: splice.Head | splice.Splice = splice.Head()
        cause: StreamFault | None = None
        done = False
        while True:
            fault: StreamFault | None = None
            try:
                async with open(attempt) as events:
                    async for batch in events:
                        delivered = joint.feed(batch)
                        if delivered:
                            done = done or type(delivered[-1]) is Done
                            yield delivered
            except StreamFault as error:
                fault = error
            if fault is None:
                verdict = Verdict.COMPLETE if is_whole(request, so_far) else Verdict.UNKNOWN
                yield [*joint.close(), Finished(verdict, attempt.attempt)]
                return
            now = asyncio.get_running_loop().time()
            decision = recovery.after(fault, so_far, now=now, dice=self.dice)
            if isinstance(decision, GiveUp):
                fault.give_up(decision.why)
                fault.__cause__ = fault.__cause__ or cause
                raise fault
            if isinstance(decision, Conclude):
                yield _ending(fault, attempt.attempt, done=done)
                return
            yield [Interrupted(attempt.attempt, fault), Waiting(decision.seconds)]
            await asyncio.sleep(decision.seconds)
            cause = fault
            number = attempt.attempt + 1
            if isinstance(decision, Retry):
                attempt, joint = replace(request, attempt=number), splice.Head()
                continue
            rest = decision.continuation
            if rest.request is None:
                end = splice.ending(so_far, attempt.attempt, fault)
                yield [*end, Finished(Verdict.COMPLETE, attempt.attempt)]
                return
            attempt = replace(rest.request, attempt=number)
            joint = splice.Splice(rest, so_far, number, fault)


def _ending(fault: StreamFault, attempts: int, *, done: bool) -> Batch:
    """Return what follows the last token of an answer that was whole before the fault.

    A terminator that the fault swallowed is put back; a server that ends without one keeps its way.
    """
    lost = not done and not isinstance(fault, Truncated)
    return [*([splice.done()] if lost else []), Finished(Verdict.COMPLETE, attempts)]
