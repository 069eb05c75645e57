"""Where bytes come from and go: the only place that knows aiohttp."""
