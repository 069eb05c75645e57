"""`python -m fake_openai` is `fake-openai`."""

from .cli import main

if __name__ == "__main__":
    main()
