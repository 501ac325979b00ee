"""Measure, and write the tables of benchmarks/README.md: ``python -m benchmarks [PART ...]``.

Parts are the families of benchmarks/kernels, and ``flagship``. Each is measured in a process of its own and kept in
build/benchmarks, so that one part can be measured anew; the README is written when all parts have been measured.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.grid import families
from benchmarks.growth_chart import draw_growth
from benchmarks.tables import README, contest_table, fill, growth_table

KEPT = Path("build/benchmarks")
FLAGSHIP = "flagship"


def measure(part: str) -> None:
    """Measure one part into build/benchmarks.

    Raises:
        CalledProcessError: results do not agree, or a contestant broke; the part said which.
    """
    out = KEPT / f"{part}.json"
    out.unlink(missing_ok=True)
    if part == FLAGSHIP:
        from benchmarks.first_use import first_use_table
        from benchmarks.flagship import likelihood_table, question_table
        from benchmarks.scenarios import scenarios_table

        lines = [*likelihood_table(), "", *question_table(), "", *scenarios_table(), "", *first_use_table()]
        out.write_text(json.dumps(lines, indent=1), encoding="utf-8")
        print("\n".join(lines))
        return
    subprocess.run([sys.executable, "-m", "benchmarks.grid", part, str(out)], check=True)
    found = json.loads(out.read_text(encoding="utf-8"))
    print("\n".join([*contest_table(found["rows"]), "", *growth_table(found["growths"])]))


def main(asked: list[str]) -> None:
    """Measure the parts asked for, or all; then write the README if every part is there."""
    parts = [FLAGSHIP, *families()]
    if unknown := set(asked) - set(parts):
        sys.exit(f"No such part: {', '.join(sorted(unknown))}. There are: {', '.join(parts)}.")
    KEPT.mkdir(parents=True, exist_ok=True)
    broken: list[str] = []
    for part in asked or parts:
        print(f"\n== {part}", flush=True)
        try:
            measure(part)
        except subprocess.CalledProcessError:
            broken.append(part)
    if broken:
        sys.exit(f"\nREADME left as it is: not measured, see above: {', '.join(broken)}.")
    missing = [part for part in parts if not (KEPT / f"{part}.json").exists()]
    if missing:
        print(f"\nREADME left as it is: not yet measured here are {', '.join(missing)}.")
        return
    found = {part: json.loads((KEPT / f"{part}.json").read_text(encoding="utf-8")) for part in parts}
    fill(FLAGSHIP, found.pop(FLAGSHIP))
    growths = [growth for family in found.values() for growth in family["growths"]]
    lines = []
    for family, results in found.items():
        lines += [f"### {family}", "", *contest_table(results["rows"]), ""]
    fill("kernels", ["", *lines])
    fill("growth", growth_table(growths))
    draw_growth(growths, README.with_name("growth.svg"))
    print(f"\nWritten: {README}, {README.with_name('growth.svg')}")


if __name__ == "__main__":
    main(sys.argv[1:])
