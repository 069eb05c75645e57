"""The Responses API: what an answer becomes there, kept, told and told again."""
