"""The time by which the fake waits."""
