"""The knowledge base as it is governed: seed, proposals, replay, releases, the pool of misses."""
