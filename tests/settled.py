"""Imported last before programs are forked: what is loaded by now stays, nobody looks at it again.

A collector that goes through it in every fork writes into it, and so copies all of it.
"""

from __future__ import annotations

import gc

gc.collect()
gc.freeze()
