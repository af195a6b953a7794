"""YAML by libyaml, which reads our files eight times as fast as the loader in Python."""

from __future__ import annotations

from typing import Any, TextIO

from yaml import load

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # a PyYAML that was built without libyaml
    from yaml import SafeLoader  # type: ignore[assignment]  # does the same, slower


def safe_load(text: str) -> Any:
    """Return what one YAML document says; raises ``yaml.YAMLError``."""
    return load(text, Loader=SafeLoader)


def load_with(loader: type[SafeLoader], text: str | TextIO) -> Any:
    """Return what a safe loader of one's own makes of ``text``; raise yaml.YAMLError.

    The marks of an open file know its name.
    """
    made = loader(text)
    try:
        return made.get_single_data()
    finally:
        made.dispose()


__all__ = ["SafeLoader", "load_with", "safe_load"]
