"""What to decide. No I/O; the time and the dice are arguments."""
