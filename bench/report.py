"""Figures as a table for people and as JSON for machines."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from bench.contender import Contender

LEAST_RATIO = 2.0


@dataclass(frozen=True)
class Comparison:
    """Both servers over a knowledge base of one size."""

    size: int
    anda: Contender
    reference: Contender

    @property
    def ratio(self) -> float:
        """Return the median over the rounds of our rate by the rate beside it."""
        pairs = zip(self.anda.samples, self.reference.samples, strict=True)
        return median(ours.rate / theirs.rate for ours, theirs in pairs if theirs.rate)

    @property
    def cpu_ratio(self) -> float:
        """Return the same by processor time: less disturbed by other programs."""
        pairs = zip(self.anda.samples, self.reference.samples, strict=True)
        return median(theirs.cpu_ms / ours.cpu_ms for ours, theirs in pairs if ours.cpu_ms)

    @property
    def faults(self) -> int:
        """Return our errors and answers to the wrong customer."""
        return sum(s.verdict.errors + s.verdict.wrong_user for s in self.anda.samples)


def write(folder: Path, comparisons: Sequence[Comparison]) -> str:
    """Write ``report.md`` and ``report.json`` and return the former."""
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n".join(_lines(comparisons)) + "\n"
    (folder / "report.md").write_text(text, encoding="utf-8")
    rows = [_row(comparison) for comparison in comparisons]
    shown = json.dumps(rows, ensure_ascii=False, indent=1)
    (folder / "report.json").write_text(shown, encoding="utf-8")
    return text


def _lines(comparisons: Sequence[Comparison]) -> list[str]:
    lines = [
        "# 安答与参考脚本 C",
        "",
        "同一台机器、同一段时间交替运行；都是加密回调、SQLite WAL + synchronous FULL、一个核。",
        "绝对值随机器而变，只看比值。",
        "",
        "| 问题数 | 服务 | 条/秒（中位） | 比 C | CPU ms/条 | 比 C | p50 ms | p99 ms | 答对 | 错误 "
        "| 空闲内存 MiB | 首个正确回答 s |",
        "| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for comparison in comparisons:
        lines.append(_line(comparison, comparison.anda, ours=True))
        lines.append(_line(comparison, comparison.reference, ours=False))
    return lines


def _line(comparison: Comparison, server: Contender, *, ours: bool) -> str:
    row = _figures(server)
    ratios = (f"{comparison.ratio:.1f}x", f"{comparison.cpu_ratio:.1f}x") if ours else ("1", "1")
    return (
        f"| {comparison.size:,} | {server.name} | {row['rate']:.0f} | {ratios[0]} "
        f"| {row['cpu_ms']:.2f} | {ratios[1]} | {row['p50_ms']:.1f} | {row['p99_ms']:.1f} "
        f"| {row['right']:.1%} | {row['errors']} | {row['idle_mib']:.0f} "
        f"| {row['first_answer_s']:.1f} |"
    )


def _row(comparison: Comparison) -> dict[str, Any]:
    return {
        "size": comparison.size,
        "ratio": round(comparison.ratio, 2),
        "cpu_ratio": round(comparison.cpu_ratio, 2),
        "anda": _figures(comparison.anda),
        "reference": _figures(comparison.reference),
    }


def _figures(server: Contender) -> dict[str, Any]:
    samples = server.samples
    answered = sum(sample.answered for sample in samples)
    return {
        "rate": median(sample.rate for sample in samples),
        "rates": [round(sample.rate, 1) for sample in samples],
        "cpu_ms": median(sample.cpu_ms for sample in samples),
        "p50_ms": median(sample.p50_ms for sample in samples),
        "p99_ms": median(sample.p99_ms for sample in samples),
        "answered": answered,
        "right": sum(sample.verdict.right for sample in samples) / max(1, answered),
        "errors": sum(s.verdict.errors + s.verdict.wrong_user for s in samples),
        "idle_mib": server.idle_mib,
        "first_answer_s": server.first_answer_s,
    }
