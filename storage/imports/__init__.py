"""Tables from other programs: customers, policies and payments."""
