"""What tests claim of the requests, and what the client under test made of the faults."""
