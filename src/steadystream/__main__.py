"""`python -m steadystream`."""

from .cli import main

main()
