"""One file per job: TITLE, CRON, optionally CATCH_UP, and ``run``."""
