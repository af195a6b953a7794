"""Touches: what we say of our own accord, judged again at the moment it would leave."""
