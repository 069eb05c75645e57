"""Many streams through a server that breaks them, read bare and read steadily.

What is asked, what goes wrong and what is the true answer are pure functions of a seed and the
number of the stream (`cases`, `answers`, `plan`); what became of it is counted by pure functions
(`score`, `tally`). `passes` does the reading; `live`, `table` and `report` show it; `shell` is the
command.
"""
