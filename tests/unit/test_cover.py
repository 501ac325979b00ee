"""cover: sums that are already published, whole, tiled or as differences of running sums."""

from datetime import date

import numpy as np
import pytest

from forecast.cover import Cover, known_cover, known_covers
from forecast.months import Span, parse_span
from forecast.panel import FLOWS, Driver, Observations, Panel

Row = tuple[str, str, float, float]


def panel(*rows: Row, reporter: int = 0, published: tuple[int, ...] = ()) -> Panel:
    spans = [parse_span(row[0]) for row in rows]
    columns = Observations(
        start=np.array([span.start for span in spans]),
        end=np.array([span.end for span in spans]),
        flow=np.array([FLOWS.index(row[1]) for row in rows]),
        reporter=np.full(len(rows), reporter),
        value_usd_bn=np.array([row[2] for row in rows]),
        resolution_usd_bn=np.array([row[3] for row in rows]),
        published=np.array(published or [0] * len(rows)),
        row=np.arange(1, len(rows) + 1),
    )
    oil = Driver("oil", 0, np.array([50.0]))
    return Panel("AAA-BBB", ("AAA", "BBB"), date(2018, 10, 12), columns, oil, {}, "", "")


def cover(seen: Panel, flow: str, span: str) -> Cover | None:
    return known_cover(seen, flow, "AAA", parse_span(span))


def test_a_figure_covers_its_own_span_and_no_other() -> None:
    seen = panel(("2018", "exports", 12.0, 0.1))
    assert cover(seen, "exports", "2018") == Cover(12.0, 0.1)
    assert cover(seen, "exports", "2018-01/2018-06") is None
    assert cover(seen, "imports", "2018") is None
    assert known_cover(seen, "exports", "BBB", parse_span("2018")) is None
    assert known_cover(seen, "exports", "CCC", parse_span("2018")) is None


def test_months_tile_a_quarter_with_a_growing_rounding_step() -> None:
    seen = panel(("2018-01/2018-02", "exports", 2.0, 0.3), ("2018-03", "exports", 1.5, 0.4))
    found = cover(seen, "exports", "2018-01/2018-03")
    assert found is not None
    assert found.value_usd_bn == pytest.approx(3.5)
    assert found.resolution_usd_bn == pytest.approx(0.5)


def test_a_month_as_the_difference_of_running_sums() -> None:
    seen = panel(("2018-01/2018-08", "exports", 31.17, 0.0), ("2018-01/2018-09", "exports", 35.2, 0.0))
    found = cover(seen, "exports", "2018-09")
    assert found is not None
    assert found.value_usd_bn == pytest.approx(4.03)


def test_the_least_rounding_wins_and_then_the_fewest_subtractions() -> None:
    rows = [
        ("2018-01/2018-02", "exports", 2.0, 0.0),
        ("2018-01", "exports", 1.1, 0.0),
        ("2018-02", "exports", 0.8, 0.1),
    ]
    seen = panel(*rows)
    assert cover(seen, "exports", "2018-01/2018-02") == Cover(2.0, 0.0)
    found = cover(seen, "exports", "2018-02")
    assert found is not None
    assert found.value_usd_bn == pytest.approx(0.9)
    assert cover(panel(*rows[:2], ("2018-02", "exports", 0.8, 0.0)), "exports", "2018-02") == Cover(0.8, 0.0)


def test_of_two_equal_ways_the_later_printed_one_is_taken() -> None:
    rows: list[Row] = [("2018-01", "exports", 1.0, 0.0), ("2018-01", "exports", 1.2, 0.0)]
    assert cover(panel(*rows, published=(5, 9)), "exports", "2018-01") == Cover(1.2, 0.0)
    assert cover(panel(*rows, published=(9, 5)), "exports", "2018-01") == Cover(1.0, 0.0)


def test_turnover_of_its_own_or_as_the_sum_of_the_flows() -> None:
    flows: list[Row] = [("2018-01", "exports", 1.0, 0.03), ("2018-01", "imports", 2.0, 0.04)]
    found = cover(panel(*flows), "turnover", "2018-01")
    assert found is not None
    assert (found.value_usd_bn, found.resolution_usd_bn) == pytest.approx((3.0, 0.05))
    assert cover(panel(*flows, ("2018-01", "turnover", 3.01, 0.01)), "turnover", "2018-01") == Cover(3.01, 0.01)


def test_turnover_pieces_and_sums_of_flows_tile_together() -> None:
    rows: list[Row] = [
        ("2018-01", "exports", 1.0, 0.0),
        ("2018-01", "imports", 2.0, 0.0),
        ("2018-02", "turnover", 3.5, 0.0),
    ]
    assert cover(panel(*rows), "turnover", "2018-01/2018-02") == Cover(6.5, 0.0)


def test_turnover_of_flows_that_are_tiled_differently() -> None:
    rows: list[Row] = [
        ("2018-01", "exports", 1.0, 0.0),
        ("2018-02", "exports", 1.1, 0.0),
        ("2018-01/2018-02", "imports", 4.0, 0.0),
    ]
    assert cover(panel(*rows), "turnover", "2018-01/2018-02") == Cover(6.1, 0.0)


def test_a_flow_as_turnover_less_the_other() -> None:
    rows: list[Row] = [("2018", "turnover", 84.07, 0.0), ("2018", "exports", 42.88, 0.0)]
    found = cover(panel(*rows), "imports", "2018")
    assert found is not None
    assert found.value_usd_bn == pytest.approx(41.19)


def test_a_sum_that_is_not_positive_is_no_cover() -> None:
    rows: list[Row] = [("2018-01/2018-08", "exports", 30.2, 1.0), ("2018-01/2018-09", "exports", 30.0, 1.0)]
    assert cover(panel(*rows), "exports", "2018-09") is None


def test_many_spans_are_answered_as_one_by_one() -> None:
    rows: list[Row] = [(f"2018-{m:02d}", "exports", float(m), 0.0) for m in range(1, 13)]
    seen = panel(*rows)
    spans = [Span(24216 + first, 24216 + last) for first in range(14) for last in range(first, 14)]
    assert known_covers(seen, "exports", "AAA", spans) == [known_cover(seen, "exports", "AAA", span) for span in spans]
    assert sum(found is not None for found in known_covers(seen, "exports", "AAA", spans)) == 78
