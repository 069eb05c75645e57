"""What becomes of every fault, for every kind of answer, in every dialect, through every shell."""
