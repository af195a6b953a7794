"""The WeChat official-account channel: callback, customer-service messages, media."""
