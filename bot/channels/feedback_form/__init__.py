"""The page on which customers say what they think, without logging in, below ``/feedback``."""
