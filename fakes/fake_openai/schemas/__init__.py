"""What request bodies may hold, as data: a file an endpoint, shared parts in files of their own."""
