"""Advice and application as tables a clerk can read: what to ask, what follows, what to explain."""
