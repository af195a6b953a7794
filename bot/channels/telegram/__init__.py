"""The Telegram channel: webhook or polling, messages out, files in."""
