"""What a flow hands over: facts by name, plain JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Values = Mapping[str, Any]
