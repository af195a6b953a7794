"""A line to a server that can be cut and mended: a small TCP relay on a port of its own."""

from __future__ import annotations

import contextlib
import socket
import threading
from urllib.parse import urlsplit

from tests.postgres import free_port


class Line:
    """Relays bytes between a browser and the product until it is cut."""

    def __init__(self, address: str) -> None:
        self.target = urlsplit(address)
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._whole = True
        self._awake = threading.Event()
        self._awake.set()
        self._open: set[socket.socket] = set()
        self._door = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._welcome, daemon=True).start()

    def cut(self) -> None:
        """End what is under way and let nothing through."""
        self._whole = False
        for one in list(self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """Let everything through again."""
        self._whole = True

    def freeze(self) -> None:
        """Let nothing through and end nothing: a lap-top that was shut says no good-bye."""
        self._awake.clear()

    def close(self) -> None:
        """Cut for good."""
        self.cut()
        self._awake.set()
        self._door.close()

    def _welcome(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = self._door.accept()
                server = self._reached() if self._whole else None
                if server is None:
                    caller.close()
                    continue
                for one, other in ((caller, server), (server, caller)):
                    threading.Thread(target=self._pour, args=(one, other), daemon=True).start()

    def _reached(self) -> socket.socket | None:
        with contextlib.suppress(OSError):
            return socket.create_connection((self.target.hostname, self.target.port))
        return None

    def _pour(self, source: socket.socket, sink: socket.socket) -> None:
        self._open.add(source)
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                self._awake.wait()
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)
        self._open.discard(source)
        source.close()
