"""What the server offers, one endpoint a file."""
