"""The report: one HTML file that needs no network."""

from .page import About, page

__all__ = ["About", "page"]
