"""What is going on, on standard error: a spinner or a bar in a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

Tell = Callable[[str], None]
Count = Callable[[int, int, str], None]

_PARTS = 20  #: lines that a count prints where it has no bar
_SPEED_OVER_S = 900.0  #: the time left goes by the parts done in so many seconds


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


@contextmanager
def counted(*, quiet: bool) -> Iterator[Count]:
    """A function to say how much is done, of how much, and what the last part was; a total of 0 is not known yet.

    In a terminal a bar with the time left, elsewhere a line for every twentieth part.
    """
    if quiet:
        yield lambda done, total, text: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    console = Console(stderr=True)
    live = console.is_terminal and not console.is_dumb_terminal
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.completed} of {task.total}"),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns,
        console=console,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
        disable=not live,
        speed_estimate_period=_SPEED_OVER_S,
    ) as shown:
        task = shown.add_task("starting", total=None)
        printed = -1

        def tell(done: int, total: int, text: str) -> None:
            nonlocal printed
            if shown.tasks[0].total != (total or None):
                shown.reset(task, total=total or None, completed=done, description=text)  # what was done before is free
            else:
                shown.update(task, completed=done, description=text)
            part = _PARTS * done // total if total else 0
            if not live and part > printed:
                left = shown.tasks[0].time_remaining
                minutes = "" if not left else f", {timedelta(seconds=round(left))} left"
                of = f"{done} of {total}{minutes}: " if total else ""
                print(f"tradewind: {of}{text}", file=sys.stderr, flush=True)
                printed = part

        yield tell
