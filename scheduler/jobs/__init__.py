"""One file per job; none yet."""
