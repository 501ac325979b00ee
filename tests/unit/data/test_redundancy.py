"""redundancy: nothing is lost, nothing is said twice, contradictions name their rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from forecast.data.redundancy import informative
from forecast.data.schema import Figure
from forecast.errors import SchemaError
from forecast.months import Span

MONTHS = 12
TRUE = np.array([[3.0 + 0.1 * m for m in range(MONTHS)], [5.0 - 0.2 * m for m in range(MONTHS)]])
EXPORTS, IMPORTS, TURNOVER = range(3)


def figure(flow: int, first: int, last: int, *, step: float = 0.0, row: int = 1, value: float | None = None) -> Figure:
    flows = TRUE if flow == TURNOVER else TRUE[flow : flow + 1]
    total = float(flows[:, first : last + 1].sum()) if value is None else value
    return Figure(Span(first, last), flow, "AAA", total, step, 0, row)


def design(figures: list[Figure]) -> np.ndarray:
    """One row a figure: which months of which flow it adds up."""
    rows = np.zeros((len(figures), 2, MONTHS))
    for row, item in zip(rows, figures, strict=True):
        flows = [0, 1] if item.flow == TURNOVER else [item.flow]
        row[flows, item.span.start : item.span.end + 1] = 1
    return rows.reshape(len(figures), -1)


def rank(figures: list[Figure]) -> int:
    return int(np.linalg.matrix_rank(design(figures))) if figures else 0


SPANS = st.tuples(st.integers(0, MONTHS - 1), st.integers(0, MONTHS - 1)).map(lambda pair: (min(pair), max(pair)))


@given(st.lists(SPANS, min_size=1, max_size=25, unique=True), st.sampled_from([EXPORTS, IMPORTS]))
def test_exact_figures_of_one_flow_keep_a_basis(spans: list[tuple[int, int]], flow: int) -> None:
    figures = [figure(flow, *span) for span in spans]
    kept = informative(figures)
    assert len(kept) == rank(kept) == rank(figures)


@given(st.lists(st.tuples(st.integers(0, 2), SPANS), min_size=1, max_size=30, unique=True))
def test_exact_figures_of_all_flows_lose_no_information(items: list[tuple[int, tuple[int, int]]]) -> None:
    figures = [figure(flow, *span) for flow, span in items]
    assert rank(informative(figures)) == rank(figures)


def test_a_year_tiled_by_its_months_goes_and_by_eleven_stays() -> None:
    months = [figure(EXPORTS, m, m) for m in range(MONTHS)]
    year = figure(EXPORTS, 0, 11)
    assert year not in informative([*months, year])
    assert year in informative([*months[1:], year])


def test_a_year_finer_than_its_months_stays_beside_them() -> None:
    months = [figure(EXPORTS, m, m, step=0.1) for m in range(MONTHS)]
    assert len(informative([*months, figure(EXPORTS, 0, 11, step=0.1)])) == 13
    assert len(informative([*months, figure(EXPORTS, 0, 11, step=1.0)])) == 12


def test_a_month_is_what_two_running_sums_differ_by() -> None:
    sums = [figure(EXPORTS, 0, 7), figure(EXPORTS, 0, 8)]
    assert informative([*sums, figure(EXPORTS, 8, 8)]) == [figure(EXPORTS, 8, 8), figure(EXPORTS, 0, 7)]


def test_turnover_goes_when_both_flows_are_known_no_less_finely() -> None:
    flows = [figure(EXPORTS, 0, 2), figure(IMPORTS, 0, 2)]
    assert informative([*flows, figure(TURNOVER, 0, 2)]) == flows
    printed = [figure(EXPORTS, 0, 2, step=1.0), figure(IMPORTS, 0, 2, step=1.0)]
    assert len(informative([*printed, figure(TURNOVER, 0, 2, step=1.0)])) == 3
    assert len(informative([*printed, figure(TURNOVER, 0, 2, step=1.5)])) == 2


def test_turnover_goes_when_its_flows_are_tiled_differently() -> None:
    parts = [figure(EXPORTS, m, m) for m in range(6)] + [figure(IMPORTS, 0, 2), figure(IMPORTS, 3, 5)]
    assert figure(TURNOVER, 0, 5) not in informative([*parts, figure(TURNOVER, 0, 5)])


def test_a_flow_goes_when_it_is_turnover_less_the_other() -> None:
    coarse = figure(IMPORTS, 0, 8, step=0.1)
    fine = [figure(TURNOVER, 0, 8, step=0.01), figure(EXPORTS, 0, 8, step=0.01)]
    assert coarse not in informative([coarse, *fine])


def test_two_reporters_do_not_repeat_each_other() -> None:
    mirror = Figure(Span(0, 11), EXPORTS, "BBB", 30.0, 0.0, 0, 9)
    assert len(informative([figure(EXPORTS, 0, 11), mirror])) == 2


@pytest.mark.parametrize(
    ("figures", "rows"),
    [
        (
            [figure(EXPORTS, 0, 2, row=1), figure(EXPORTS, 3, 5, row=2), figure(EXPORTS, 0, 5, row=3, value=22.0)],
            "1, 2",
        ),
        (
            [figure(EXPORTS, 0, 2, row=1), figure(IMPORTS, 0, 2, row=2), figure(TURNOVER, 0, 2, row=3, value=20.0)],
            "1, 2",
        ),
        (
            [
                figure(EXPORTS, 0, 2, row=1),
                figure(EXPORTS, 7, 9, row=2),
                figure(EXPORTS, 0, 6, row=3),
                figure(EXPORTS, 3, 9, row=4, value=30.0),
            ],
            "3, 2 less 1",
        ),
    ],
)
def test_contradictions_name_the_rows(figures: list[Figure], rows: str) -> None:
    with pytest.raises(SchemaError, match=f"contradicts rows? .*{rows}") as caught:
        informative(figures)
    assert caught.value.pointer.startswith("row ")


def test_two_per_cent_and_rounding_are_no_contradiction() -> None:
    parts = [figure(EXPORTS, 0, 2), figure(EXPORTS, 3, 5)]
    total = sum(part.value_usd_bn for part in parts)
    assert informative([*parts, figure(EXPORTS, 0, 5, value=total * 1.0199)]) == parts
    assert informative([*parts, figure(EXPORTS, 0, 5, value=total * 1.04, step=1.0)]) == parts
