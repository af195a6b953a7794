"""The figures of service: what each one means, in words and as a query, side by side."""
