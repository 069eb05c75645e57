"""What to do about it: one stage of the pipeline a file, each a thin loop around a pure object."""
