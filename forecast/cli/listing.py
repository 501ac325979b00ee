"""`tradewind pairs` and `tradewind serve`: what is here, and the door to the service."""

from __future__ import annotations

from argparse import Namespace
from importlib import import_module

from forecast.cli.asking import whole
from forecast.errors import SchemaError


def run_pairs(options: Namespace) -> None:
    """Print every pair with its span of months and whose counts are there."""
    from forecast.data.assemble import load_panel
    from forecast.data.store import fixture_pairs
    from forecast.months import format_month
    from forecast.reports.words import country

    for pair in fixture_pairs():
        panel = load_panel(pair)
        seen = panel.observations
        months = f"{format_month(int(seen.start.min()))} to {format_month(int(seen.end.max()))}"
        counts = " and ".join(country(reporter) for reporter in panel.reporters)
        print(f"{pair}  {months}, {len(seen)} figures, by the counts of {counts}")


def run_serve(options: Namespace) -> None:
    """Serve until interrupted.

    The service stands on the library, so the library may not import it; the command finds it by its name.
    """
    port = whole(options.port)
    if not isinstance(port, int):
        raise SchemaError(f"--port: {options.port!r} is no port; give a number from 1 to 65535.")
    import_module("api.serve").serve(options.host, port)
