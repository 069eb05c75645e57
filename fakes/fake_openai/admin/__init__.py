"""The admin API: drives the fake over HTTP, from any language; one group of routes a file."""
