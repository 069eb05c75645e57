"""Fuzzing of clients with the kit: `cd tests && python -m support.fuzzing --client openai`."""
