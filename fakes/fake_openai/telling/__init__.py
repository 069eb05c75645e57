"""An answer as the bytes of a dialect."""
