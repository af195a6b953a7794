"""Invented data of a small branch, for trying the product out; see `seeding.py`."""
