"""Stop asking a system that does not answer, and let one enquiry through now and then."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass
class Breaker:
    """Opens after ``failures`` in a row; after ``rest`` one enquiry may try again."""

    failures: int
    rest: timedelta
    now: Callable[[], datetime]
    _row: int = 0
    _opened: datetime | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def allows(self) -> bool:
        """Tell whether to ask now; the one that tries again holds the others back."""
        with self._lock:
            if self._opened is None:
                return True
            if self.now() - self._opened < self.rest:
                return False
            self._opened = self.now()
            return True

    @property
    def open(self) -> bool:
        """Tell whether enquiries are held back."""
        return self._opened is not None

    def succeeded(self) -> None:
        """Note an answer."""
        with self._lock:
            self._row, self._opened = 0, None

    def failed(self) -> None:
        """Note that none came."""
        with self._lock:
            self._row += 1
            if self._row >= self.failures:
                self._opened = self.now()
