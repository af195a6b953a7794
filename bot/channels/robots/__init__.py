"""企业微信 group robots: staff hear of what waits, without a word of the customer."""
