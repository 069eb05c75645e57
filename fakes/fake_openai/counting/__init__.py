"""Tokens: what they are, what a prompt comes to, and how usage is told."""
