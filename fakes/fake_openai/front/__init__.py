"""From the socket to the endpoint: connections, keys, paths, and what is known of a request."""
