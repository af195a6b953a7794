"""Pages behind links: who is there on WeChat, a survey, an upload."""
