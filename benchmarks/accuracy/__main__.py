"""Judge the forecasts and write the tables of README.md: ``python -m benchmarks.accuracy [PART ...]``.

Parts are ``peers`` (statsforecast, hours; what it has done is kept, so it goes on where it was left), ``m3``,
``us_pairs``, ``china_russia`` and ``oil_pairs``. Results are kept in build/accuracy; without a part only the tables
are written anew, from what is there.
"""

from __future__ import annotations

import json
import subprocess
import sys

from benchmarks.accuracy.peers import KEPT, PEERS, run_m3, run_us
from benchmarks.accuracy.tables import README, TABLES, fill

PARTS = ("m3", "us_pairs", "china_russia", "oil_pairs")


def main(asked: list[str]) -> None:
    """Measure the parts asked for, then write every table whose part has been measured."""
    if unknown := set(asked) - {"peers", *PARTS}:
        sys.exit(f"No such part: {', '.join(sorted(unknown))}. There are: peers, {', '.join(PARTS)}.")
    if "peers" in asked:
        for run in (run_us, run_m3):
            for peer in PEERS:
                run(peer)
    for part in PARTS:
        if part in asked:
            print(f"\n== {part}", flush=True)
            subprocess.run([sys.executable, "-m", f"benchmarks.accuracy.{part}"], check=True)
    for part, lines_of in TABLES.items():
        path = KEPT / f"{part}.json"
        if path.is_file():
            fill(part, lines_of(json.loads(path.read_text(encoding="utf-8"))))
        else:
            print(f"{README.name}: table {part} left as it is, it was not measured here.")


if __name__ == "__main__":
    main(sys.argv[1:])
