"""Metrics of the fake for Prometheus. The only file that imports prometheus_client."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Sequence
from importlib import metadata
from itertools import accumulate

from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector, CollectorRegistry

from .counters import LAG_BOUNDS, Counters

NAMESPACE = "steadystream"


class DoubleCollector(Collector):
    """What a fake has counted, as metrics.

    Args:
        counters: of the fake.
        namespace: prefix of all names.
    """

    def __init__(self, counters: Counters, namespace: str = NAMESPACE) -> None:
        self._counters = counters
        self._prefix = f"{namespace}_" if namespace else ""

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics as they stand."""
        counts = self._counters
        requests = self._counter("double_requests", "Requests that ended.", ["scenario"])
        for scenario, number in sorted(counts.requests.items()):
            requests.add_metric([scenario], number)
        yield requests
        told = "Faults put into responses."
        faults = self._counter("double_faults_injected", told, ["scenario", "fault"])
        for labels, number in sorted(counts.faults.items()):
            faults.add_metric(labels, number)
        yield faults
        events = self._counter("double_events_sent", "Events with data sent.", ["scenario"])
        for scenario, number in sorted(counts.events.items()):
            events.add_metric([scenario], number)
        yield events
        yield from self._process()

    def _process(self) -> Iterator[Metric]:
        counts = self._counters
        overflow = self._counter("label_overflow", "Label values counted as other.", ["label"])
        overflow.add_metric(["scenario"], counts.overflows)
        yield overflow
        labels = ["version", "python", "aiohttp"]
        build = GaugeMetricFamily(f"{self._prefix}build_info", "Versions.", labels=labels)
        versions = [_version("steadystream"), platform.python_version(), _version("aiohttp")]
        build.add_metric(versions, 1)
        yield build
        told = "How late timers of the event loop are, since somebody asks."
        lag = HistogramMetricFamily(f"{self._prefix}event_loop_lag_seconds", told)
        bounds = [*(str(bound) for bound in LAG_BOUNDS), "+Inf"]
        lag.add_metric([], list(zip(bounds, accumulate(counts.lag), strict=True)), counts.lag_sum)
        yield lag

    def _counter(self, name: str, told: str, labels: Sequence[str]) -> CounterMetricFamily:
        return CounterMetricFamily(f"{self._prefix}{name}", told, labels=labels)


def page(counters: Counters, accept: str, names: Sequence[str] = ()) -> tuple[bytes, str]:
    """Return the metrics page and its content type.

    Args:
        counters: of the fake.
        accept: header of the request; whoever asks for OpenMetrics gets it.
        names: of the series wanted; none = all.
    """
    registry = CollectorRegistry(auto_describe=True)
    registry.register(DoubleCollector(counters))
    encode, content_type = choose_encoder(accept)
    return encode(registry.restricted_registry(names) if names else registry), content_type


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "unknown"
