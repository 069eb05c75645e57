"""What follows a fault."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from steadystream.errors import (
    BreakerOpen,
    DeadlineExceeded,
    GaveUp,
    NotAnEventStream,
    Rejected,
    SpliceMismatch,
    StreamFault,
    Truncated,
    UpstreamError,
)
from steadystream.events import NOWHERE, Place, Rung
from steadystream.protocol.api import CHAT, AnyTranscript, Api
from steadystream.protocol.continuation import Continuation
from steadystream.protocol.dialects import Dialect
from steadystream.protocol.ladder import Ladder
from steadystream.protocol.upstream import Upstream
from steadystream.request import Request

from .backoff import Dice
from .budget import Budget
from .decisions import Conclude, Continue, Decision, GiveUp, Retry
from .refused import RefusedRungs
from .retries import Retries
from .route import Route, Stop, Way, best
from .standing import is_about_upstream, is_away, was_unsent

__all__ = ["Conclude", "Continue", "Decision", "GiveUp", "Recovery", "Retries", "Retry"]

# The body as it is does not suit the server; the same in another way may.
_UNSUITABLE = frozenset({400, 404, 405, 413, 415, 422, 501})
_TOO_LARGE = 413
_WORDED = frozenset({400, 422})
_KEPT = frozenset({Rung.EXACT_PREFIX, Rung.PREFILL})
_MANY = 2**31


class Recovery:
    """Decides for one answer, fault by fault. Does no I/O.

    Args:
        request: what was asked for in the first place.
        dialect: how its server can be asked to go on.
        settings: how hard to try.
        budget: pays for further attempts; None = nobody counts them.
        refused: what this client knows that servers do not take.
        others: upstreams that may be asked besides.
        api: what kind of answer it is.

    Attributes:
        attempts: decided on so far, the first included.
    """

    def __init__(
        self,
        request: Request,
        dialect: Dialect,
        settings: Retries,
        budget: Budget | None = None,
        refused: RefusedRungs | None = None,
        *,
        others: Sequence[Upstream] = (),
        api: Api = CHAT,
    ) -> None:
        self._api = api
        self._first = request
        self._settings = settings
        self._budget = budget
        self._remembered = refused if refused is not None else RefusedRungs()
        self._dialect = dialect
        self._others = others
        self._rung: Rung | None = None
        self._seen = 0
        self._teller: Stop | None = None
        self._is_mixed = False
        self._lost_cursor = False
        self._empty_ends = 0
        self.attempts = 1

    @cached_property
    def _route(self) -> Route:
        """Where the answer may come from; most answers need not know."""
        return Route(self._first, self._dialect, self._others)

    @property
    def request(self) -> Request:
        """What is asked for at the upstream that was chosen last, from the start."""
        return self._route.here.request

    @property
    def before(self) -> Place:
        """Where what was delivered last came from."""
        return self._teller.place if self._teller is not None else NOWHERE

    @property
    def place(self) -> Place:
        """Where it is asked for now."""
        return self._route.here.place

    def after(
        self, fault: StreamFault, so_far: AnyTranscript, *, now: float, dice: Dice
    ) -> Decision:
        """Say what follows `fault` when `so_far` was delivered.

        An answer of which nobody has seen anything is asked for again from the start. One that is
        partly delivered is continued, or given up where nobody can continue it. A way of going
        on that did not work at an upstream is not tried there again; the next one is.

        Args:
            fault: what ended the attempt.
            so_far: everything delivered, by all attempts.
            now: on the clock of `request.deadline`.
            dice: for the jitter.
        """
        if self._api.is_whole(self._first, so_far):
            return Conclude()
        new = so_far.text_chunks > self._seen
        self._seen = so_far.text_chunks
        self._note_teller(so_far, new=new)
        self._note_loss(fault)
        refused = self._note_refusal(fault, so_far, new=new)
        why = self._refusal(fault, so_far, refused=refused)
        if why is not None:
            return GiveUp(why)
        if refused:  # another way need not wait for what the server made of the last one
            self._route.here.waits(now, 0.0, 0.0)
        else:
            self._note_wait(fault, now, dice, new=new)
        stay = refused or not is_away(fault)
        each = _MANY if refused else self._settings.attempts_each
        left = self._settings.attempts - self.attempts
        ways, why = self._ways(self._route.order(stay=stay, each=each, left=left), so_far, now)
        if not ways:
            return GiveUp(why)
        if ways[0].rest is not None and ways[0].rest.request is None:
            return Continue(0.0, ways[0].rest)
        deadline = self._first.deadline
        if deadline is not None:
            ways = [way for way in ways if now + way.seconds < deadline]
        if not ways:
            return GiveUp(GaveUp.NO_TIME_LEFT)
        return self._go(best(ways, self._settings.backoff.cap), fault, now)

    def _go(self, way: Way, fault: StreamFault, now: float) -> Decision:
        """Decide for a way, if the budget pays for it."""
        # What was kept back by our own side cost nothing, so another is asked for the same money.
        free = was_unsent(fault) and way.stop is not self._route.here
        if self._budget is not None and not free and not self._budget.spend(now):
            return GiveUp(GaveUp.BUDGET_SPENT)
        self.attempts += 1
        self._route.turn_to(way.stop)
        self._rung = None if way.rest is None else way.rest.rung
        self._lost_cursor |= self._rung not in {None, Rung.CURSOR}  # of the first it knows nothing
        return Retry(way.seconds) if way.rest is None else Continue(way.seconds, way.rest)

    def _note_teller(self, so_far: AnyTranscript, *, new: bool) -> None:
        """Note who brought what there is."""
        here, teller = self._route.here, self._teller
        if not so_far.started or (teller is not None and not new):
            return
        if teller is not None and teller.model != here.model:
            self._is_mixed |= self._rung is not Rung.REGENERATE
        self._teller = here

    def _note_loss(self, fault: StreamFault) -> None:
        """Note whether the response that the server keeps is lost.

        It is where it failed itself, and where its stream ends, twice in a row, without an event.
        """
        empty = isinstance(fault, Truncated) and not fault.received
        self._empty_ends = self._empty_ends + 1 if empty and self._rung is Rung.CURSOR else 0
        self._lost_cursor |= isinstance(fault, UpstreamError) or self._empty_ends > 1

    def _note_refusal(self, fault: StreamFault, so_far: AnyTranscript, *, new: bool) -> bool:
        """Say whether the last way of going on did not work, and remember it if so."""
        rung, self._rung = self._rung, None
        status = fault.status if isinstance(fault, Rejected) else None
        # The same request was taken once, so an error that blames it is about something else.
        reported = isinstance(fault, UpstreamError) and rung is not Rung.REGENERATE and not new
        gone = rung is Rung.CURSOR and isinstance(fault, (Rejected, NotAnEventStream))
        unfit = status in _UNSUITABLE or gone or reported or isinstance(fault, SpliceMismatch)
        if rung is None or fault.transient or not unfit:
            return False
        here = self._route.here
        here.refused |= {rung}
        if status in _UNSUITABLE - {_TOO_LARGE} and rung in _KEPT and not _is_passing(fault):
            self._remembered.add(here.request, so_far, rung)
        return True

    def _refusal(
        self, fault: StreamFault, so_far: AnyTranscript, *, refused: bool
    ) -> GaveUp | None:
        """Return why no further attempt may be made, whatever the servers can do."""
        if isinstance(fault, DeadlineExceeded):
            return GaveUp.NO_TIME_LEFT
        if not fault.transient and not refused and not self._another_may(fault):
            asked_to_go_on = so_far.started and isinstance(fault, (Rejected, SpliceMismatch))
            return GaveUp.CONTINUATION_REFUSED if asked_to_go_on else GaveUp.NOT_TRANSIENT
        if self.attempts >= self._settings.attempts:
            return GaveUp.CONTINUATION_REFUSED if refused else GaveUp.ATTEMPTS_SPENT
        return None

    def _another_may(self, fault: StreamFault) -> bool:
        """Say whether another upstream is worth a try, and rule this one out if so."""
        route = self._route
        # A request that the first one took, or could not even look at, is not wrong for that.
        particular = isinstance(fault, (Rejected, UpstreamError)) and not route.is_at_first
        if not route.has_others or not (particular or is_about_upstream(fault)):
            return False
        route.here.is_out = True
        return True

    def _ways(
        self, stops: list[Stop], so_far: AnyTranscript, now: float
    ) -> tuple[list[Way], GaveUp]:
        """Return how the answer can come on at each of `stops`; why it cannot, where none can."""
        ways: list[Way] = []
        why: GaveUp | None = None
        longest = self._settings.max_retry_after
        for stop in stops:
            rest = self._rest(so_far, stop)
            if isinstance(rest, GaveUp):
                why = why or (GaveUp.CONTINUATION_REFUSED if stop.refused else rest)
            elif rest is not None and rest.request is None:
                return [Way(stop, rest, 0.0)], GaveUp.CANNOT_CONTINUE
            elif longest is not None and stop.asked_for(now) > longest:
                why = why or GaveUp.RETRY_AFTER_TOO_LONG
            else:
                ways.append(Way(stop, rest, stop.wait(now)))
        return ways, why or GaveUp.CANNOT_CONTINUE

    def _rest(self, so_far: AnyTranscript, stop: Stop) -> Continuation | GaveUp | None:
        """Return how to go on at `stop`; None when there is nothing to go on from."""
        if not so_far.started:
            return None
        settings = self._settings
        rungs = settings.rungs - stop.refused - self._remembered.of(stop.request, so_far)
        if self._teller is not None and self._teller.model != stop.model:
            rungs &= settings.rungs_across_models
        if self._lost_cursor or stop is not self._teller:
            rungs -= {Rung.CURSOR}
        if self._is_mixed:  # no model says the same as two
            rungs -= {Rung.REGENERATE}
        ladder = Ladder(rungs, settings.reasoning, settings.instruction)
        return self._api.continuation(stop.request, so_far, stop.dialect, ladder)

    def _note_wait(self, fault: StreamFault, now: float, dice: Dice, *, new: bool) -> None:
        """Note when this upstream may be asked again; failures in a row count while nothing comes.

        Those whom one breaker refuses spread, or all would come at once for the probe, and behind a
        good one.
        """
        here = self._route.here
        here.failures = 1 if new else here.failures + 1
        here.in_a_row = 1 if new else here.in_a_row + 1
        jitter = self._settings.backoff.seconds(here.failures, dice)
        asked = fault.retry_after or 0.0
        if isinstance(fault, BreakerOpen):
            jitter = asked + max(jitter, dice.uniform(0.0, asked / 2))
        here.waits(now, jitter, asked)


def _is_passing(fault: StreamFault) -> bool:
    """Say whether a refusal is about the size of this answer or the key, not about the way."""
    return isinstance(fault, Rejected) and fault.status in _WORDED and is_about_upstream(fault)
