"""Exchanges with a real server, written down with their times, and given out again."""
