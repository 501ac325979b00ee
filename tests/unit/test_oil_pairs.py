"""The pairs that the oil-linked replay is judged and chosen on, and the tables made of them."""

from __future__ import annotations

from datetime import date

import pytest

from benchmarks.accuracy import oil_pairs
from forecast.data.assemble import load_panel
from forecast.evaluation.record import published
from forecast.evaluation.replayed import Forecast, Origin, Replay, Score


@pytest.mark.shared
def test_judging_and_choosing_pairs_do_not_meet() -> None:
    flows = oil_pairs.annual_flows()
    judged = oil_pairs.judging_pairs(flows)
    oily, dry = oil_pairs.choosing_pairs(flows)
    assert len(judged) == 10
    assert len(oily) >= 40
    assert len(dry) == oil_pairs.NON_OIL_PAIRS
    ends = [frozenset((pair.reporter, pair.partner)) for pair in (*judged, *oily, *dry)]
    assert not {*ends[:10]} & {*ends[10:]}
    assert frozenset(("CHN", "RUS")) not in ends
    assert {pair.partner for pair in judged} >= set(oil_pairs.NAMED)
    assert judged[0].name == "DEU-RUS"
    assert judged[0].size_usd_bn == pytest.approx(18.97, abs=0.01)


@pytest.mark.shared
def test_a_table_is_the_reporters_count_known_in_january() -> None:
    flows = oil_pairs.annual_flows()
    pair = oil_pairs.judging_pairs(flows)[0]
    panel = load_panel(pair.name, table=oil_pairs.table_of(flows, pair))
    years = published(panel, "turnover", pair.reporter).years
    own = flows.filter((flows["reporter"] == "DEU") & (flows["partner"] == "RUS") & (flows["year"] == 2019))
    assert years[2019] == pytest.approx((own["exports"] + own["imports"])[0] / 1000.0)
    assert max(years) == oil_pairs.LAST_ORIGIN
    assert sorted(years) == list(range(min(years), oil_pairs.LAST_ORIGIN + 1))
    days = [date.fromordinal(int(day)) for day in panel.observations.published]
    ends = panel.observations.end // 12
    assert all(day == date(int(year) + 1, 1, 25) for day, year in zip(days, ends, strict=True))


def test_summary_averages_the_fall_over_pairs() -> None:
    names = (oil_pairs.FREE, oil_pairs.GIVEN)

    def told(free: float, given: float) -> Replay:
        scores = tuple(Score(name, 0.1, crps, 0.8, 1) for name, crps in zip(names, (free, given), strict=True))
        forecast = Forecast(names[0], 1.0, 1.0, 1.0, 0.0, free, True)
        return Replay("A", "A", "turnover", (Origin(2003, date(2003, 1, 31), 1.0, (forecast,)),), scores)

    pair = oil_pairs.Pair("DEU", "RUS", 1.0)
    rows = [oil_pairs.row_of(pair, told(0.10, 0.05)), oil_pairs.row_of(pair, told(0.30, 0.30))]
    found = oil_pairs.summary(rows)
    assert found["fall_of_crps"] == pytest.approx(0.25)
    assert found["fall_of_mean_crps"] == pytest.approx(1.0 - 0.35 / 0.40)
    assert found["fall_of_crps_se"] == pytest.approx(0.25)
