"""The console of the people who work here: the desk of conversations and the desks of cases."""
