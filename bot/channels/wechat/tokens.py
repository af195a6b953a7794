"""One access token for all threads and processes (section 3.1 of the platform notes)."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from threading import Lock

import structlog

from bot.channels.base import TokenStore
from bot.errors import DeliveryError, RetryLater

log = structlog.get_logger(__name__)

# The platform renews in the last five minutes, and old and new are then both valid.
_MARGIN_S = 300.0
_POLL_S = 0.05
_SOON = timedelta(seconds=5)
# Callers who queued behind a failed fetch fail with it instead of trying one after another.
_BROKEN_S = 1.0
# Beyond a few renewals in ten minutes something else is wrong, and the day quota is 2000.
_RENEWALS = 5
_RENEWALS_WINDOW_S = 600.0

Fetch = Callable[[], tuple[str, float]]


class AccessTokens:
    """Hands out the shared token; lets one caller at a time, anywhere, fetch a new one."""

    def __init__(
        self,
        account: str,
        store: TokenStore,
        fetch: Fetch,
        now: Callable[[], float],
        patience_s: float,
    ) -> None:
        self._account = account
        self._store = store
        self._fetch = fetch
        self._now = now
        self._patience = patience_s
        self._lock = Lock()
        # The token and until when it is used without looking at the store again.
        self._known: tuple[str, float] | None = None
        self._broken_until = 0.0
        self._renewals: deque[float] = deque(maxlen=_RENEWALS)

    def current(self) -> str:
        """Return a token that is valid for a while; raise RetryLater when there is none."""
        return self._usable(refused="") or self._shared_or_new(refused="")

    def renew(self, refused: str) -> str:
        """Return another token than ``refused``, which the platform did not accept."""
        return self._shared_or_new(refused)

    def _shared_or_new(self, refused: str) -> str:
        with self._lock:
            if token := self._usable(refused) or self._shared(refused):
                return token
            if time.monotonic() < self._broken_until:
                raise RetryLater("access token could not be fetched", after=_SOON)
            self._limit_renewals(refused)
            return self._refreshed(refused)

    def _usable(self, refused: str) -> str | None:
        """Return the token we know: another thread may have renewed it while we waited."""
        known = self._known
        usable = known and known[0] != refused and known[1] > self._now()
        return known[0] if known and usable else None

    def _shared(self, refused: str) -> str | None:
        """Return the stored token when it serves: somebody else may have renewed it."""
        stored = self._read()
        if stored is None or stored[0] == refused:
            return None
        use_until = stored[1] - _MARGIN_S
        if use_until <= self._now():
            return None
        self._known = (stored[0], use_until)
        return stored[0]

    def _refreshed(self, refused: str) -> str:
        """Fetch a token if the lease is ours, else wait for the one who has it."""
        deadline = time.monotonic() + self._patience
        while True:
            if self._store.refresh_lease(self._account, self._patience):
                return self._shared(refused) or self._fetched()
            if token := self._still_valid(refused):
                return token
            time.sleep(_POLL_S)
            if token := self._shared(refused):
                return token
            if time.monotonic() > deadline:
                raise RetryLater("no access token yet", after=_SOON)

    def _fetched(self) -> str:
        before = self._read() or ("", 0.0)
        try:
            token, lifetime = self._fetch()
        except DeliveryError:
            # Writing what was there gives the lease back, so that nobody waits for us.
            self._store.write(self._account, *before)
            self._broken_until = time.monotonic() + _BROKEN_S
            raise
        now = self._now()
        # A short-lived token would never serve if the whole margin were taken off.
        self._known = (token, now + max(lifetime - _MARGIN_S, lifetime / 2))
        self._store.write(self._account, token, now + lifetime)
        log.info("wechat.token_refreshed", lifetime=lifetime)
        return token

    def _still_valid(self, refused: str) -> str | None:
        """Return the old token while another one renews it ahead of its end."""
        stored = self._read()
        usable = stored and stored[0] != refused and stored[1] > self._now()
        return stored[0] if stored and usable else None

    def _limit_renewals(self, refused: str) -> None:
        """Stop a storm: a token that is refused again and again is not cured by a new one."""
        if not refused:
            return
        now = time.monotonic()
        full = len(self._renewals) == _RENEWALS
        if full and now - self._renewals[0] < _RENEWALS_WINDOW_S:
            raise RetryLater("access token refused repeatedly", after=timedelta(minutes=1))
        self._renewals.append(now)

    def _read(self) -> tuple[str, float] | None:
        stored = self._store.read(self._account)
        return stored if stored and stored[0] else None
