"""Scheduled jobs; the first ones come with reminders and surveys."""
