"""Judges what the fake sends: by OpenAI's published document and by the models of its SDK."""
