"""Answers that nobody scripted, and values that satisfy what is asked for."""
