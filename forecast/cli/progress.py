"""What is going on, on standard error: a spinner or a bar in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Tell = Callable[[str], None]


@contextmanager
def progress(*, quiet: bool, steps: int | None = None) -> Iterator[Tell]:
    """A function to say what begins now.

    Args:
        quiet: say nothing.
        steps: how many times it will be called, when that is known; shows how much is left.
    """
    if quiet:
        yield lambda _: None
        return
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal or console.is_dumb_terminal:
        yield _plain(steps)
        return
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = [SpinnerColumn(), TextColumn("{task.description}", markup=False), TimeElapsedColumn()]
    if steps:
        columns[2:] = [BarColumn(), TextColumn("{task.completed} of {task.total}, left"), TimeRemainingColumn()]
    with Progress(*columns, console=console, transient=True, redirect_stdout=False, redirect_stderr=False) as shown:
        task = shown.add_task("starting", total=steps)
        said = 0

        def tell(text: str) -> None:
            nonlocal said
            shown.update(task, description=text, completed=said)
            said += 1

        yield tell


def _plain(steps: int | None) -> Tell:
    said = 0

    def tell(text: str) -> None:
        nonlocal said
        said += 1
        of = f"{said} of {steps}: " if steps else ""
        print(f"tradewind: {of}{text}", file=sys.stderr, flush=True)

    return tell
