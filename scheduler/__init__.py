"""Scheduled jobs: found in `scheduler/jobs`, run by one leader, each safe to run twice."""
