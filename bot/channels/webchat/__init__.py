"""The customer web chat page and its HTTP interface, all below ``/chat``."""
