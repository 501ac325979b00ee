"""The same question at every year-end: what would have been said, with what was known then, and what came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from forecast.data.assemble import TableSource, load_panel
from forecast.data.background import load_background
from forecast.data.store import load_driver
from forecast.errors import GapError, SchemaError
from forecast.evaluation.bands import year_sums
from forecast.evaluation.benchmarks import drift, oil_regression
from forecast.evaluation.record import last_month_known, published
from forecast.evaluation.replayed import Forecast, Origin, Replay, Score
from forecast.evaluation.scoring import covered, crps
from forecast.models.oil import OilDensity, fit_oil
from forecast.models.structural.estimate import fit
from forecast.panel import Driver, Panel
from forecast.scenarios.conditions.kinds import OIL, Pinned, Realised
from forecast.scenarios.oil_paths import density_paths
from forecast.scenarios.scenario import BASELINE, Scenario
from forecast.scenarios.simulate import simulate_on
from forecast.scenarios.structural.draws import structural_draws
from forecast.scenarios.structural.stage import set_stage

FloatArray = NDArray[np.float64]
Progress = Callable[[str], None]

FORECASTERS = (
    "tradewind",
    "tradewind, oil given",
    "drift",
    "oil regression",
    "oil regression, oil given",
)
_FEWEST_YEARS = 6


def replay(
    pair: str,
    first_year: int,
    last_year: int,
    *,
    reporter: str | None = None,
    table: TableSource | None = None,
    paths: int = 4000,
    seed: int = 7,
    progress: Progress | None = None,
) -> Replay:
    """Forecast each year from the day on which the year before was first known whole.

    Every forecaster sees what was known on that day; "oil given" ones also see the year's realised oil price.

    Raises:
        SchemaError: the years are in the wrong order.
        GapError: a year has no outcome, or too little was known before the first.
    """
    if first_year > last_year:
        raise SchemaError(f"The replay would end in {last_year}, before it begins in {first_year}; swap the years.")
    latest = load_panel(pair, table=table)
    counted_by = reporter or latest.first
    last_month_known(latest, counted_by)
    flow = _flow(latest)
    outcomes = published(latest, flow, counted_by).years
    missing = [year for year in range(first_year, last_year + 1) if year not in outcomes]
    if missing:
        raise GapError(
            f"{counted_by} has published no whole-year {flow} of {pair} for {', '.join(map(str, missing))}; known are "
            f"{min(outcomes, default=0)} to {max(outcomes, default=0)}, so choose --from and --to within them."
        )
    oil = load_driver("oil")
    origins = []
    for year in range(first_year, last_year + 1):
        panel = _panel_before(pair, year, counted_by, flow, table)
        if progress:
            progress(f"{year}, as known on {panel.as_of}")
        origins.append(_origin(panel, year, counted_by, flow, outcomes[year], oil, paths, seed))
    return Replay(pair, counted_by, flow, tuple(origins), scores(origins))


def scores(origins: list[Origin]) -> tuple[Score, ...]:
    """Every forecaster's score over the origins."""
    found = []
    for i, name in enumerate(FORECASTERS):
        each = [origin.forecasts[i] for origin in origins]
        found.append(
            Score(
                forecaster=name,
                log_rmse=float(np.sqrt(np.mean([forecast.log_error**2 for forecast in each]))),
                crps=float(np.mean([forecast.crps for forecast in each])),
                coverage_80=float(np.mean([forecast.covered for forecast in each])),
                origins=len(each),
            )
        )
    return tuple(found)


def _flow(panel: Panel) -> str:
    kinds = {int(flow) for flow in panel.observations.flow}
    return ("exports", "imports")[min(kinds)] if len(kinds) == 1 and kinds != {2} else "turnover"


def _panel_before(pair: str, year: int, reporter: str, flow: str, table: TableSource | None) -> Panel:
    """The panel on the first month end of ``year`` on which the year before was published whole."""
    for month in range(1, 13):
        as_of = date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
        try:
            panel = load_panel(pair, as_of=as_of, table=table)
        except GapError:
            continue
        known = published(panel, flow, reporter).years if reporter in panel.reporters else {}
        if year - 1 in known:
            if len(known) < _FEWEST_YEARS:
                raise GapError(
                    f"Before {year} only {len(known)} whole years were known; a replay needs {_FEWEST_YEARS}. "
                    f"Begin in {year + _FEWEST_YEARS - len(known)} or later."
                )
            return panel
    raise GapError(f"The total of {year - 1} was not known at any month end of {year}; leave {year} out.")


def _origin(
    panel: Panel, year: int, reporter: str, flow: str, outcome: float, oil: Driver, paths: int, seed: int
) -> Origin:
    fitted = fit(panel, load_background(), seed=seed)
    stage = set_stage(fitted, reporter=reporter, origin=last_month_known(panel, reporter), through=12 * year + 11)
    common = structural_draws(stage, paths=paths, seed=seed)
    draws = []
    for scenario in (BASELINE, Scenario("realised-oil", conditions=(Pinned(OIL, Realised()),))):
        ensemble = simulate_on(common, scenario, realised_oil=oil).ensemble
        draws.append(np.log(year_sums(ensemble.flow(flow), ensemble.start, year, year)[:, 0]))
    known = published(panel, flow, reporter).years
    years = _last_run(sorted(known))
    totals = np.log([known[y] for y in years])
    prices = np.array([_log_mean_price(oil, y) for y in years])
    ahead = _oil_ahead(panel.oil, fit_oil(panel.oil), year, seed)
    draws += [
        drift(totals),
        oil_regression(totals, prices, ahead),
        oil_regression(totals, prices, np.array([_log_mean_price(oil, year)])),
    ]
    forecasts = tuple(_scored(name, each, outcome) for name, each in zip(FORECASTERS, draws, strict=True))
    return Origin(year, panel.as_of, outcome, forecasts)


def _last_run(years: list[int]) -> list[int]:
    """The consecutive years at the end of a list of years."""
    first = len(years) - 1
    while first > 0 and years[first - 1] == years[first] - 1:
        first -= 1
    return years[first:]


def _log_mean_price(oil: Driver, year: int) -> float:
    at = 12 * year - oil.start
    if at < 0 or at + 12 > len(oil.values):
        raise GapError(f"The oil price of {year} is not known whole; choose other years.")
    return float(np.log(oil.values[at : at + 12].mean()))


def _oil_ahead(oil: Driver, density: OilDensity, year: int, seed: int) -> FloatArray:
    """Log of the mean price of a year (draws), with the months already known."""
    months = 12 * year + 11 - oil.end
    paths = np.exp(density_paths(density, paths=1000, months=months, seed=seed))
    known = oil.values[max(12 * year - oil.start, 0) :]
    return np.asarray(np.log((paths[:, -12:].sum(axis=1) + known.sum()) / 12.0))


def _scored(name: str, log_draws: FloatArray, outcome: float) -> Forecast:
    y = float(np.log(outcome))
    lower, median, upper = np.quantile(log_draws, [0.1, 0.5, 0.9])
    return Forecast(
        forecaster=name,
        median_usd_bn=float(np.exp(median)),
        lower_usd_bn=float(np.exp(lower)),
        upper_usd_bn=float(np.exp(upper)),
        log_error=y - float(median),
        crps=crps(log_draws, y),
        covered=covered(log_draws, y, 80),
    )
