"""`tradewind scenarios`: what is here, one of them as a file, a check of files of the user's own, and their schema."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from forecast.errors import InputError, NotFoundError, SchemaError

if TYPE_CHECKING:
    from forecast.scenarios.scenario import Scenario


def run_scenarios(options: Namespace) -> None:
    """List the scenarios, show one as a file, check files, or print the schema or the fields of a document.

    Raises:
        NotFoundError: there is no such scenario or file.
        SchemaError: a file that is shown is no scenario, or files that are checked hold mistakes.
    """
    match options.action:
        case "show":
            _show(options.name)
        case "check":
            _check(options.files)
        case "schema":
            from forecast.scenarios.document_schema import document_schema

            print(json.dumps(document_schema(), indent=2))
        case "fields":
            from forecast.scenarios.document_page import document_page

            print(document_page(), end="")
        case _:
            _list()


def _list() -> None:
    from forecast.data.scenario_files import load_scenario, scenario_names

    wide = max(len(name) for name in scenario_names())
    for name in scenario_names():
        print(f"{name:{wide}}  {load_scenario(name).title}")


def _show(name: str) -> None:
    from forecast.data.fixtures import fixture_path
    from forecast.data.scenario_files import load_scenario, names_file, read_scenario
    from forecast.scenarios.scenario import BASELINE

    if name == BASELINE.name:
        print(f'name = "{BASELINE.name}"\ntitle = "{BASELINE.title}"')
        return
    if names_file(name):
        path = Path(name)
        read_scenario(path)
    else:
        load_scenario(name, pointer="/scenarios")
        path = fixture_path("scenarios", f"{name}.toml")
    print(path.read_text(encoding="utf-8-sig").rstrip("\n"))


def _check(files: list[str]) -> None:
    """Say what each file says, and every mistake of every file; the last error makes the exit status."""
    from forecast.data.scenario_files import scenario_document
    from forecast.scenarios.mistakes import find_mistakes
    from forecast.scenarios.scenario import BASELINE, parse_scenario, scenario_fields

    count, wrong = 0, 0
    for name in files:
        mistakes: tuple[InputError | NotFoundError, ...]
        try:
            given = scenario_fields(BASELINE) if name == BASELINE.name else scenario_document(_file(name))
            mistakes = find_mistakes(given)
        except (InputError, NotFoundError) as error:
            mistakes = (error,)
        if not mistakes:
            _tell(name, parse_scenario(given))
            continue
        wrong += 1
        count += len(mistakes)
        for mistake in mistakes:
            where = f"{mistake.pointer}: " if mistake.pointer else ""
            print(f"{name}: {where}{mistake.message}", file=sys.stderr)
    if count:
        several = "a mistake" if count == 1 else f"{count} mistakes"
        raise SchemaError(f"{several} in {wrong} of {len(files)} file{'s' if len(files) > 1 else ''}.")


def _file(name: str) -> Path:
    """The file meant: a path, or the name of a scenario that travels with Tradewind."""
    from forecast.data.fixtures import fixture_path
    from forecast.data.scenario_files import names_file, scenario_names

    here = Path(name)
    if names_file(name) or here.is_file() or name not in scenario_names():
        return here
    return fixture_path("scenarios", f"{name}.toml")


def _tell(name: str, scenario: Scenario) -> None:
    from forecast.scenarios.conditions.wording import condition_words

    odds = "" if scenario.odds is None else f", with odds of {scenario.odds:g}"
    called = "" if scenario.name in (name, Path(name).stem) else f" ({scenario.name})"
    print(f"{name}{called}{odds}: {scenario.title}")
    for condition in scenario.conditions:
        print(f"  {condition_words(condition)}.")
    if not scenario.conditions:
        print("  No condition: the plain forecast.")
