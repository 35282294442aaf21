"""How steps of more than a second show themselves: on stderr, live on a terminal, else in one line each."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from time import monotonic

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

console = Console(stderr=True, highlight=False)


@contextmanager
def step(doing: str) -> Generator[None]:
    """Show that we are `doing` something."""
    with _timed(doing), console.status(doing):
        yield


@contextmanager
def download(doing: str, size: int) -> Generator[Callable[[int], None]]:
    """Show a download of `size` bytes; call what it yields with each number of bytes that came (or went)."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    hidden = not console.is_terminal
    with _timed(doing), Progress(*columns, console=console, transient=True, disable=hidden) as progress:
        task = progress.add_task(doing, total=size)
        yield lambda count: progress.update(task, advance=count)


def note(message: str) -> None:
    """Tell something that was not asked for but matters."""
    console.print(message, soft_wrap=True)


@contextmanager
def _timed(doing: str) -> Generator[None]:
    if not console.is_terminal:
        note(f"{doing} ...")
    started = monotonic()
    yield
    if console.is_terminal:
        note(f"[green]✓[/green] {doing} ({monotonic() - started:.1f} s)")
