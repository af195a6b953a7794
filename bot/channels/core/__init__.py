"""The core system of the company, asked over HTTP."""
