"""What a server keeps: scopes, journal, limits, files, batches."""
