"""Shows results as tables, on the screen and as Markdown."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.results import LIMIT, LIMIT_ALONE, LIMIT_HTTP, OURS, OURS_ALONE, AskedResult, Results, SizeResult

Rows = Sequence[Sequence[str]]


def show(results: Results, console: Console) -> None:
    """Print every table."""
    for title, head, rows in tables(results):
        table = Table(*head, title=title, title_justify="left")
        for row in rows:
            table.add_row(*row)
        console.print(table)


def save_markdown(results: Results, path: Path) -> None:
    """Write every table as Markdown."""
    lines = ["# Measured", "", ", ".join(f"{key}: {value}" for key, value in results.machine.items()), ""]
    for title, head, rows in tables(results):
        lines += [f"## {title}", "", _line(head), _line(["---"] * len(head)), *map(_line, rows), ""]
    path.write_text("\n".join(lines), "utf-8")


def tables(results: Results) -> Iterator[tuple[str, Sequence[str], Rows]]:
    """Title, headings and rows of each table."""
    for size in results.sizes:
        about = f"{size.nodes:,} nodes, {size.links:,} links ({size.size})"
        if size.questions:
            yield f"Against the reference and the limit: {about}", *_ratios(size)
            yield f"Each side: {about}", *_sides(size)
            yield f"The database's cost: {about}", *_plans(size)
        if size.asked:
            yield f"Questions against Cypher written by hand: {about}", *_asked(size)
        if size.workers:
            yield f"One worker and two: {about}", *_workers(size)
        if size.memory:
            text = ", ".join(f"{value:.0f}" for value in size.memory)
            yield (
                f"Memory of the API under mixed load: {about}",
                ("requests", "MB, at even distances"),
                [(f"{size.soak_requests:,}", text)],
            )
    if len(results.sizes) > 1 and results.sizes[0].asked:
        yield (
            "Questions: database hits by size",
            ("question", *(size.size for size in results.sizes)),
            [(name, *by_size.values()) for name, by_size in results.asked_growth().items()],
        )
    growth = results.growth()
    if growth:
        sizes = list(next(iter(growth.values())))
        yield (
            "p50 against that on the smallest made graph",
            ("question", *sizes),
            [(name, *(f"{by_size[size]:.2f}" for size in sizes)) for name, by_size in growth.items()],
        )


def _ratios(size: SizeResult) -> tuple[Sequence[str], Rows]:
    head = (
        "question",
        "ours /s",
        "reference /s",
        "times",
        "repeated, times",
        "p50 ours",
        "p50 raw",
        "ours/raw",
        "ours/raw HTTP",
        "one client, ours/raw",
    )
    return head, [
        (
            one.name,
            f"{one.median(OURS, 'rate'):.0f}",
            f"{one.median(one.reference, 'rate'):.1f}",
            f"{one.speed_up:.1f}",
            f"{one.repeated_speed_up:.1f}",
            f"{one.median(OURS, 'p50'):.1f}",
            f"{one.median(LIMIT, 'p50'):.1f}",
            f"{one.slower_than(LIMIT):.2f}",
            f"{one.slower_than(LIMIT_HTTP):.2f}",
            f"{one.slower_than(LIMIT_ALONE, OURS_ALONE):.2f}",
        )
        for one in size.questions
    ]


def _sides(size: SizeResult) -> tuple[Sequence[str], Rows]:
    head = ("question", "side", "/s", "p50 ms", "p99 ms", "CPU ms a request", "Neo4j CPU ms a request", "memory MB")
    return head, [
        (
            one.name if number == 0 else "",
            side,
            f"{one.median(side, 'rate'):.1f}",
            f"{one.median(side, 'p50'):.2f}",
            f"{one.median(side, 'p99'):.2f}",
            f"{one.median(side, 'cpu'):.2f}",
            f"{one.median(side, 'database_cpu'):.2f}",
            f"{one.median(side, 'memory'):.0f}",
        )
        for one in size.questions
        for number, side in enumerate(one.rounds)
    ]


def _plans(size: SizeResult) -> tuple[Sequence[str], Rows]:
    return ("question", "database hits", "rows", "scans", "answer, bytes"), [
        (one.name, f"{one.hits:,}", f"{one.rows:,}", ", ".join(one.scans) or "none", f"{one.answer_bytes:,}")
        for one in size.questions
    ]


def _asked(size: SizeResult) -> tuple[Sequence[str], Rows]:
    head = (
        "question",
        "p50 ours",
        "p50 by hand",
        "ours/by hand",
        "must be",
        "by hand, HTTP",
        "one client",
        "hits ours",
        "hits by hand",
        "rows ours",
        "rows by hand",
        "answer, bytes",
    )
    return head, [_asked_row(one) for one in size.asked]


def _asked_row(one: AskedResult) -> Sequence[str]:
    if one.refused:
        return one.name, *[""] * 10, one.refused
    ours, limit = (OURS, LIMIT) if OURS in one.rounds else (OURS_ALONE, LIMIT_ALONE)
    return (
        one.name,
        f"{one.median(ours, 'p50'):.1f}",
        f"{one.median(limit, 'p50'):.1f}",
        f"{one.ratio:.2f}",
        f"{one.within:g}",
        f"{one.slower_than(LIMIT_HTTP):.2f}" if LIMIT_HTTP in one.rounds else "",
        f"{one.slower_than(LIMIT_ALONE, OURS_ALONE):.2f}",
        f"{one.hits:,}",
        f"{one.hand_hits:,}",
        f"{one.rows:,}",
        f"{one.hand_rows:,}",
        f"{one.answer_bytes:,}",
    )


def _workers(size: SizeResult) -> tuple[Sequence[str], Rows]:
    numbers = list(next(iter(size.workers.values())))
    return ("question", *(f"{number} workers /s" for number in numbers)), [
        (name, *(f"{sum(one.rate for one in rounds) / len(rounds):.0f}" for rounds in by_number.values()))
        for name, by_number in size.workers.items()
    ]


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
