"""What the fake is told to answer, and how it is told."""
