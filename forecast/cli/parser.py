"""The options of every command; values are left as text, so that the library refuses them in its own words."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

from forecast.errors import SchemaError
from forecast.version import __version__

FORECAST_FORMATS = ("table", "brief", "json", "csv", "parquet")
FLAGSHIP_FORMATS = ("table", "brief")
REPLAY_FORMATS = ("table", "json", "csv", "markdown")
BACKTEST_FORMATS = ("table", "json", "csv", "markdown")
DIAGNOSE_FORMATS = ("table", "json", "markdown")
EXPLAIN_FORMATS = ("table", "json", "csv", "markdown")
STRESS_FORMATS = ("table", "json", "csv", "markdown")
COMPARE_FORMATS = ("table", "json", "csv", "markdown")

_EXAMPLES = """\
examples:
  tradewind flagship
  tradewind forecast CHN-RUS --as-of 2018-10-12 --target "turnover >= 100 in 2018" --scenario oil-slump
  tradewind forecast my.csv --pair AAA-BBB --through 2027-12 --format csv --output answer.csv --chart fan.svg
  tradewind stress CHN-RUS --as-of 2018-10-12 --target "turnover >= 110 in 2019" --chart map.svg
  tradewind replay CHN-RUS --from 2003 --to 2023
  tradewind backtest CHN-RUS --origins 2008..2022 --models auto,ets,drift --given-oil --chart card.svg

Kernels are compiled on first use, up to a minute, and kept. TRADEWIND_TRACEBACK=1 shows where a defect lies."""


class _Help(argparse.RawDescriptionHelpFormatter):
    """Help with the meanings in one column, and the examples as they are written."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=28)
        self._action_max_length = 13  # argparse forgets that commands are indented


class _Parser(argparse.ArgumentParser):
    """An argument parser that raises instead of leaving the program."""

    def error(self, message: str) -> NoReturn:
        raise SchemaError(f"{message}; see {self.prog} --help")


def parse_options(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the arguments; ``command`` names what to run.

    Raises:
        SchemaError: an unknown command or option, or a value that is missing.
        SystemExit: help or version was asked for and printed.
    """
    parser = _Parser(
        prog="tradewind",
        description="How likely is it that two countries trade this much by then? Bands, sums and probabilities.",
        epilog=_EXAMPLES,
        formatter_class=_Help,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"tradewind {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _add_forecast(_command(commands, "forecast", "bands, sums and probabilities for one pair"))
    _add_flagship(_command(commands, "flagship", "the question of October 2018: China and Russia, 100 bn USD"))
    _add_replay(_command(commands, "replay", "the model against what happened, at every year-end"))
    _add_backtest(_command(commands, "backtest", "several models at many origins of the past, and how they scored"))
    _add_diagnose(_command(commands, "diagnose", "what a model leaves of a record, tested"))
    _add_stress(
        _command(commands, "stress", "which oil price or crisis makes a target a coin toss, and the map of odds")
    )
    _add_explain(_command(commands, "explain", "why two scenarios, days or counts differ, in parts that add up"))
    _add_scenarios(_command(commands, "scenarios", "scenarios that travel with Tradewind, and files of your own"))
    _command(commands, "pairs", "the pairs whose figures travel with Tradewind")
    _add_serve(_command(commands, "serve", "the same answers over HTTP, on this machine"))
    return parser.parse_args(arguments)


def _command(commands: argparse._SubParsersAction[_Parser], name: str, what: str) -> _Parser:
    description = f"{what[0].upper()}{what[1:]}."
    return commands.add_parser(name, help=what, description=description, formatter_class=_Help, allow_abbrev=False)


def _add_forecast(parser: _Parser) -> None:
    _add_subject(parser)
    _add_circumstances(parser)
    parser.add_argument(
        "--target",
        action="append",
        metavar="TEXT",
        help='"turnover >= 100 in 2018", "exports >= 4500 USD mn over trailing-12"; may be repeated',
    )
    parser.add_argument(
        "--scenario", action="append", metavar="NAME", help="a name, a .toml or .json file; may be repeated (baseline)"
    )
    parser.add_argument("--levels", metavar="LIST", help="levels of the bands in per cent (50,80,95)")
    _add_draws(parser, "10000")
    parser.add_argument(
        "--question", metavar="FILE", help="read the question from JSON, as it is posted to /v1/forecasts"
    )
    _add_format(parser, FORECAST_FORMATS)
    parser.add_argument(
        "--chart", action="append", default=[], metavar="FILE", help="draw the fan: .svg or .png; may be repeated"
    )
    _add_quiet(parser)


def _add_flagship(parser: _Parser) -> None:
    parser.add_argument("--out", metavar="DIR", default="out", help="folder for the charts (out)")
    parser.add_argument("--format", choices=FLAGSHIP_FORMATS, default="table", help="everything, or the gist (table)")
    _add_quiet(parser)


def _add_replay(parser: _Parser) -> None:
    _add_subject(parser)
    parser.add_argument("--from", dest="first", metavar="YEAR", required=True, help="first year to forecast")
    parser.add_argument("--to", dest="last", metavar="YEAR", required=True, help="last year to forecast")
    parser.add_argument("--reporter", metavar="AAA", help="by whose count: one of the two countries (the first)")
    _add_draws(parser, "4000")
    _add_format(parser, REPLAY_FORMATS)
    _add_quiet(parser)


def _add_backtest(parser: _Parser) -> None:
    _add_subject(parser)
    parser.add_argument("--reporter", metavar="AAA", help="by whose count: one of the two countries (the first)")
    parser.add_argument("--flow", metavar="FLOW", help="exports, imports or turnover (turnover)")
    parser.add_argument("--step", metavar="SPAN", help="month, quarter or year (the shortest that is on record)")
    parser.add_argument(
        "--origins",
        metavar="LIST",
        help="last months known: 2008-12..2022-12/12 is every 12 months, 2008..2022 every December (every December "
        "that leaves some years before it)",
    )
    parser.add_argument("--horizons", metavar="LIST", help="months ahead (1,3,6,12,24,36)")
    parser.add_argument(
        "--models", metavar="LIST", help="names; seasonal-naive is always among them (auto,pool,ets ...)"
    )
    parser.add_argument(
        "--peers", metavar="LIST", help="models of other libraries: statsmodels, or some of them by name"
    )
    parser.add_argument(
        "--target",
        action="append",
        metavar="TEXT",
        help='"turnover >= 100", "turnover >= 110%%" of the last twelve months known: the twelve months up to each '
        "horizon; may be repeated (>= 100%%)",
    )
    parser.add_argument(
        "--given-oil", action="store_true", help="models that read the oil price also with the price as it really went"
    )
    _add_draws(parser, "1000")
    parser.add_argument("--workers", metavar="N", help="processes side by side (one for each processor)")
    parser.add_argument(
        "--store", "--resume", metavar="FILE", help="keep finished work there; the same command then goes on from it"
    )
    _add_format(parser, BACKTEST_FORMATS)
    parser.add_argument(
        "--chart", action="append", default=[], metavar="FILE", help="draw the card: .svg or .png; may be repeated"
    )
    _add_quiet(parser)


def _add_diagnose(parser: _Parser) -> None:
    _add_subject(parser)
    parser.add_argument("--as-of", metavar="DAY", help="use only figures published by this day, 2018-10-12 (all)")
    parser.add_argument("--reporter", metavar="AAA", help="by whose count: one of the two countries (the first)")
    parser.add_argument("--flow", metavar="FLOW", help="exports, imports or turnover (turnover; structural: all)")
    parser.add_argument(
        "--model",
        metavar="NAME",
        default="structural",
        help="structural, bvar, ets, arima, theta, airline, seasonal-naive or drift (structural)",
    )
    _add_format(parser, DIAGNOSE_FORMATS)
    parser.add_argument(
        "--chart", action="append", default=[], metavar="FILE", help="draw the residuals: .svg or .png; may be repeated"
    )
    _add_quiet(parser)


def _add_explain(parser: _Parser) -> None:
    _add_subject(parser)
    _add_circumstances(parser)
    parser.add_argument("--target", metavar="TEXT", help='what is asked: "turnover >= 100 in 2018"')
    parser.add_argument(
        "--scenario",
        action="append",
        metavar="NAME",
        help="a name or a file; two of them: from the first to the second, one: from the baseline to it; with --since "
        "and --reporters the one that holds on both sides",
    )
    parser.add_argument("--since", metavar="DAY", help="the news from this day to --as-of, release by release")
    parser.add_argument("--reporters", action="store_true", help="from the first country's count to the second's")
    parser.add_argument("--most", metavar="N", help="releases told one by one, or conditions (24, 6)")
    _add_draws(parser, "10000")
    _add_format(parser, EXPLAIN_FORMATS)
    parser.add_argument(
        "--chart", action="append", default=[], metavar="FILE", help="draw the waterfall: .svg or .png; may be repeated"
    )
    parser.add_argument(
        "--quantity", choices=("chance", "mean"), default="chance", help="what the waterfall shows (chance)"
    )
    _add_quiet(parser)


def _add_stress(parser: _Parser) -> None:
    _add_subject(parser)
    _add_circumstances(parser)
    parser.add_argument("--target", metavar="TEXT", help='what is asked: "turnover >= 100 in 2019"')
    parser.add_argument("--alpha", metavar="CHANCE", help="the chance looked for, between 0 and 1 (0.5)")
    parser.add_argument("--base", metavar="NAME", help="the scenario, or its file, that holds besides (baseline)")
    parser.add_argument(
        "--oil", metavar="LIST", help="prices of the map: 30:120:21 evenly in logs, or 30,45,60 (about the last price)"
    )
    parser.add_argument("--severities", metavar="LIST", help="crises of the map: 0:2:11 evenly, or 0,1,2 (0:2:11)")
    parser.add_argument(
        "--episode", metavar="NAME", help="the kind of crisis: 1998, 2008-09, 2020, typical ... (2008-09)"
    )
    parser.add_argument("--start", metavar="MONTH", help="its first month, or next-january (the first ahead)")
    _add_draws(parser, "10000")
    _add_format(parser, STRESS_FORMATS)
    parser.add_argument(
        "--chart", action="append", default=[], metavar="FILE", help="draw the map: .svg or .png; may be repeated"
    )
    _add_quiet(parser)


def _add_compare(parser: _Parser) -> None:
    parser.add_argument("names", nargs="+", metavar="NAME", help="names or files; the first is held against the others")
    parser.add_argument("--pair", metavar="AAA-BBB", help="the pair, or write it before the names: CHN-RUS")
    parser.add_argument("--table", metavar="FILE", help="figures of your own: .csv or .parquet")
    _add_circumstances(parser)
    parser.add_argument("--target", action="append", metavar="TEXT", help='"turnover >= 100 in 2018"; may be repeated')
    _add_draws(parser, "10000")
    _add_format(parser, COMPARE_FORMATS)
    _add_quiet(parser)


def _add_scenarios(parser: _Parser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    _command(actions, "list", "names and what they stand for")
    show = _command(actions, "show", "one scenario as a file to start from")
    show.add_argument("name", metavar="NAME|FILE")
    check = _command(actions, "check", "what files of your own say, and every mistake in them")
    check.add_argument("files", nargs="+", metavar="FILE", help=".toml or .json")
    _command(actions, "fields", "every field of a scenario document, as Markdown")
    _command(actions, "schema", "the JSON Schema of a scenario document")
    _add_compare(_command(actions, "compare", "several scenarios side by side, on the same paths"))


def _add_serve(parser: _Parser) -> None:
    parser.add_argument("--host", default="127.0.0.1", help="a loopback address (127.0.0.1)")
    parser.add_argument("--port", default="8000", help="(8000)")


def _add_subject(parser: _Parser) -> None:
    parser.add_argument("subject", nargs="?", metavar="PAIR|FILE", help="CHN-RUS, or a table: .csv or .parquet")
    parser.add_argument("--pair", metavar="AAA-BBB", help="the pair of the table; flows are seen from AAA")


def _add_circumstances(parser: _Parser) -> None:
    parser.add_argument("--as-of", metavar="DAY", help="use only figures published by this day, 2018-10-12 (today)")
    parser.add_argument("--reporter", metavar="AAA", help="by whose count: one of the two countries (the first)")
    parser.add_argument("--through", metavar="MONTH", help="last month, 2019-12 (December of next year)")
    parser.add_argument("--model", metavar="NAME", help="structural, pool, bvar, ets, arima, theta ... (auto)")


def _add_draws(parser: _Parser, paths: str) -> None:
    parser.add_argument("--seed", metavar="N", help="the same seed gives the same numbers (7)")
    parser.add_argument("--paths", metavar="N", help=f"futures drawn, 100 to 200000 ({paths})")


def _add_format(parser: _Parser, formats: tuple[str, ...]) -> None:
    parser.add_argument(
        "--format", choices=formats, help="how to write the answer (by the suffix of --output, else table)"
    )
    parser.add_argument("--output", metavar="FILE", help="write into a file instead of the terminal")


def _add_quiet(parser: _Parser) -> None:
    parser.add_argument("--quiet", action="store_true", help="no progress on standard error")
