"""The flows by name, and how a stored frame becomes a flow again."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType
from typing import Any

from bot.dialogue.flow import Flow
from bot.dialogue.starters import Starters
from bot.dialogue.state import Frame


class Registry:
    """All flows that the bot knows."""

    def __init__(self, flows: Iterable[type[Flow]]) -> None:
        self.flows = {flow.name: flow for flow in flows}
        self.starters = Starters(self.flows.values())

    def revive(self, frame: Frame, utterance: str = "") -> Flow:
        """Rebuild a flow from its frame.

        Values of renamed slots move over; values that a newer version cannot read are
        dropped, so that they are asked again.
        """
        flow = self.flows[frame.flow]
        outdated = _outdated(flow, frame.version)
        values: dict[str, Any] = {}
        quotes: dict[str, str] = {}
        for old_name, stored in frame.slots.items():
            name = flow.renamed.get(old_name, old_name)
            slot = flow.slots.get(name)
            if slot is None or name in outdated:
                continue
            try:
                values[name] = slot.type.load(stored.value)
            except (ValueError, TypeError, KeyError, AttributeError):
                continue
            quotes[name] = stored.quote
        return flow(
            values,
            quotes=quotes,
            skipped=_renamed(flow, frame.skipped),
            order=_renamed(flow, frame.order),
            kept=frame.kept,
            utterance=utterance,
        )


def _renamed(flow: type[Flow], names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the present names of those slots that still exist."""
    present = (flow.renamed.get(name, name) for name in names)
    return tuple(name for name in present if name in flow.slots)


def _outdated(flow: type[Flow], version: int) -> set[str]:
    """Return the slots whose meaning changed after ``version``."""
    return {name for v, names in flow.changed_in.items() if v > version for name in names}


def find_flows(package: ModuleType) -> list[type[Flow]]:
    """Return every flow defined in a module of ``package``, in module order."""
    modules = [
        import_module(f"{package.__name__}.{module.name}")
        for module in iter_modules(package.__path__)
    ]
    return [
        flow
        for module in modules
        for flow in vars(module).values()
        if isinstance(flow, type) and issubclass(flow, Flow) and flow.__module__ == module.__name__
    ]
