"""A storm: schedules of faults by the thousand, each made of one integer and judged by itself."""
