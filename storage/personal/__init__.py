"""Personal data: which rows are about whom, and what becomes of them on request."""
