"""What a request asks for: read from its body, checked as the API checks it."""
