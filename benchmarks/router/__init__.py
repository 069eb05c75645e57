"""Fifteen ways for an answer to break, under LiteLLM's Router and under this library."""
