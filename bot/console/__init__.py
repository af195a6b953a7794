"""The console of the people who work here; not built yet, hand-offs are read through the API."""
