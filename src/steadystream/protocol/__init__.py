"""What the bytes mean. No I/O, no clock."""
