"""Electronic policies behind links: a page that asks who is there, then the document."""
