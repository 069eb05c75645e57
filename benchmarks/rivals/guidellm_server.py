"""The mock server of guidellm without latency: `python guidellm_server.py PORT TOKENS`."""

import sys

from guidellm.mock_server import MockServer
from guidellm.schemas.mock_server import MockServerConfig

if __name__ == "__main__":
    port, tokens = map(int, sys.argv[1:])
    settings = MockServerConfig(port=port, ttft_ms=0, itl_ms=0, output_tokens=tokens)
    MockServer(settings).run(access_log=False)
