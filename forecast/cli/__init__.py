"""The command line: options in, answers out, every mistake in one voice.

Standard output carries the answer alone; progress and complaints go to standard error. Exit status: 0 answered,
2 the question cannot be answered as it stands, 1 Tradewind could not answer, 130 interrupted, 141 the reader left.
"""

from __future__ import annotations

import os
import sys
import traceback
from argparse import Namespace
from collections.abc import Sequence

from forecast.cli.parser import parse_options
from forecast.errors import InputError, NotFoundError, TradewindError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit status."""
    try:
        options = parse_options(sys.argv[1:] if arguments is None else arguments)
        _run(options)
        sys.stdout.flush()
    except SystemExit as done:  # --help and --version
        return int(done.code or 0)
    except TradewindError as error:
        _complain(error.message, error)
        return 2 if isinstance(error, InputError | NotFoundError) else 1
    except KeyboardInterrupt:
        print("tradewind: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that the last flush finds no broken pipe
        return 141
    except Exception as error:
        if os.environ.get("TRADEWIND_TRACEBACK") == "1":
            traceback.print_exc()
        _complain(
            f"a defect of Tradewind, please report it: {type(error).__name__}: {error} "
            "(TRADEWIND_TRACEBACK=1 shows where)"
        )
        return 1
    return 0


def _run(options: Namespace) -> None:
    match options.command:
        case "forecast":
            from forecast.cli.asking import run_forecast as run
        case "flagship":
            from forecast.cli.flagship import run_flagship as run
        case "replay":
            from forecast.cli.replaying import run_replay as run
        case "backtest":
            from forecast.cli.backtesting import run_backtest as run
        case "diagnose":
            from forecast.cli.diagnosing import run_diagnose as run
        case "stress":
            from forecast.cli.stressing import run_stress as run
        case "explain":
            from forecast.cli.explaining import run_explain as run
        case "scenarios" if options.action == "compare":
            from forecast.cli.comparing import run_compare as run
        case "scenarios":
            from forecast.cli.scenarios import run_scenarios as run
        case "pairs":
            from forecast.cli.listing import run_pairs as run
        case _:
            from forecast.cli.listing import run_serve as run
    run(options)


def _complain(message: str, error: TradewindError | None = None) -> None:
    from forecast.cli.places import place

    where = place(error.pointer) if error else ""
    lead = "" if not where or where.lower() in message.lower() else f"{where}: "
    print(f"tradewind: error: {lead}{message}", file=sys.stderr)
    unsaid = [word for word in error.allowed if word not in message] if error else []
    if unsaid and error:
        print(f"  allowed: {', '.join(error.allowed)}", file=sys.stderr)
