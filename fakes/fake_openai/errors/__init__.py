"""What providers say when something is wrong, in bodies of their own."""
