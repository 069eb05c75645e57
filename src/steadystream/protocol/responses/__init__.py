"""The Responses API: what its events mean, and how an answer of it goes on."""
