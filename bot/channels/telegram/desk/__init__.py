"""The second desk: a staff group with one topic for every conversation."""
