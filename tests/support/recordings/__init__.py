"""Recorded streams of real providers, turned into scripts for the fake and compared with it."""
