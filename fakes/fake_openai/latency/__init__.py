"""How long the model takes: times, how they are spread, profiles, and two ways to write it down."""

from .distributions import Distribution, Fixed, Lognormal, Normal, Recorded, Uniform
from .notation import from_json, parse
from .profiles import PROFILES, profile
from .settings import Latency, Time

__all__ = [
    "PROFILES",
    "Distribution",
    "Fixed",
    "Latency",
    "Lognormal",
    "Normal",
    "Recorded",
    "Time",
    "Uniform",
    "from_json",
    "parse",
    "profile",
]
