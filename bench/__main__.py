"""`python -m bench`: run the product and the reference script in turn and compare them."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import sys
import tempfile
from pathlib import Path

from bench import load, report
from bench.contender import ROOT, Contender, product, reference
from bench.pushes import Platform, Push
from bench.questions import Query, noisy, write_base
from bench.report import LEAST_RATIO, Comparison

SIZES = (1_000, 10_000)
FULL = 100_000
CONNECTIONS = 32
CUSTOMERS = 2_000
WARM_UP = 200
SPARE = 2.5
FOLDER = ROOT / "var" / "bench"


def main() -> int:
    """Compare at every size; 1 when the product is too slow or made a mistake."""
    options = _options()
    generator, server = _cores()
    os.sched_setaffinity(0, {generator})
    sizes = (*SIZES, FULL) if options.full else SIZES
    with tempfile.TemporaryDirectory() as folder:
        comparisons = [
            _compare(size, Path(folder), server, options.rounds, options.seconds) for size in sizes
        ]
    print(report.write(FOLDER, comparisons))
    slow = [c.size for c in comparisons if c.ratio < LEAST_RATIO]
    faulty = [c.size for c in comparisons if c.faults]
    for size in slow:
        print(f"{size} 条：不到 C 的 {LEAST_RATIO:.0f} 倍", file=sys.stderr)
    for size in faulty:
        print(f"{size} 条：有错误或答错了人，见 {FOLDER / 'report.json'}", file=sys.stderr)
    return 1 if slow or faulty else 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description="与参考脚本 C 同场比速度")
    parser.add_argument("--full", action="store_true", help=f"加上 {FULL:,} 条问题")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4.0, help="每轮最长时间")
    return parser.parse_args()


def _cores() -> tuple[int, int]:
    """Return the generator's core and the servers'."""
    cores = sorted(os.sched_getaffinity(0))
    return cores[0], cores[-1]


def _compare(size: int, folder: Path, core: int, rounds: int, seconds: float) -> Comparison:
    base = folder / f"kb{size}.jsonl"
    questions = write_base(base, size)
    platform = Platform()
    comparison = Comparison(size, product(base, folder), reference(base, folder))
    servers = (comparison.anda, comparison.reference)
    try:
        for server in servers:
            server.start(core, questions[:20], platform)
            _round(server, platform, noisy(questions, WARM_UP, seed=0), seconds)
        expected = {server.name: server.samples.pop().rate for server in servers}
        for number in range(1, rounds + 1):
            for server in servers:
                # The same questions in the same order for both; the faster one gets further.
                count = int(SPARE * expected[server.name] * seconds)
                _round(server, platform, noisy(questions, count, seed=number), seconds)
                _show(size, number, server)
    finally:
        for server in servers:
            server.stop()
    return comparison


def _round(server: Contender, platform: Platform, queries: list[Query], seconds: float) -> None:
    pushes = _pushes(server, platform, queries)
    before = server.cpu_s()
    result = asyncio.run(load.run(server.port, pushes, CONNECTIONS, seconds))
    server.note(result, server.cpu_s() - before, load.judge(platform, result))


def _pushes(server: Contender, platform: Platform, queries: list[Query]) -> list[Push]:
    chance = random.Random(len(server.samples))
    names = [f"o{server.name}{number:06d}{'x' * 18}" for number in range(CUSTOMERS)]
    return [platform.push(chance.choice(names), query, server.port) for query in queries]


def _show(size: int, number: int, server: Contender) -> None:
    sample = server.samples[-1]
    print(
        f"{size:>7,} 条 第 {number} 轮 {server.name:<5} {sample.rate:7.0f} 条/秒"
        f" {sample.cpu_ms:6.2f} ms CPU p99 {sample.p99_ms:7.1f} ms 错误 {sample.verdict.errors}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
