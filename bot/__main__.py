"""The `anda` command."""

import gc

# A start makes a million things that stay and hardly any that goes: looking through them again
# and again takes a tenth of it. The same thresholds as the running service's.
gc.set_threshold(50_000, 20, 50)

from bot.cli.main import main  # noqa: E402 - what loads everything comes after

__all__ = ["main"]

if __name__ == "__main__":
    main()
