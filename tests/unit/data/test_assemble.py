"""assemble: the flagship on its days of knowledge, and a user's own tables."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from forecast.cover import known_cover
from forecast.data.assemble import load_panel
from forecast.data.schema import parse_table
from forecast.data.store import fixture_tables
from forecast.errors import GapError, InputError, NotFoundError, SchemaError, UnitError
from forecast.months import Span, month_of, parse_month, parse_span, year_span
from forecast.panel import FLOWS, Panel

FLAGSHIP_DAY = date(2018, 10, 12)


def rows(panel: Panel, reporter: str) -> list[tuple[str, str, float, float]]:
    seen = panel.observations
    return [
        (
            str(Span(int(seen.start[i]), int(seen.end[i]))),
            FLOWS[seen.flow[i]],
            seen.value_usd_bn[i],
            seen.resolution_usd_bn[i],
        )
        for i in np.flatnonzero(seen.reporter == panel.reporters.index(reporter))
    ]


def last_end(panel: Panel, reporter: str) -> int:
    seen = panel.observations
    return int(seen.end[seen.reporter == panel.reporters.index(reporter)].max())


def total(panel: Panel, flow: str, reporter: str, span: str) -> float | None:
    found = known_cover(panel, flow, reporter, parse_span(span))
    return None if found is None else round(found.value_usd_bn, 2)


# ---- the flagship ------------------------------------------------------------------------------------


def test_flagship_on_its_day_knows_nine_months_and_no_more() -> None:
    panel = load_panel("CHN-RUS", as_of=FLAGSHIP_DAY)
    china = rows(panel, "CHN")
    assert ("2018-01/2018-09", "turnover", 77.0, 1.0) in china
    assert ("2018-01/2018-09", "exports", 35.0, 1.0) in china
    assert china[-1][0] == "2018-01/2018-09"
    assert {span for span, *_ in china if span.startswith("2018-0") and "/" not in span} == {
        f"2018-{m:02d}" for m in range(1, 9)
    }
    assert last_end(panel, "CHN") == parse_month("2018-09")
    assert last_end(panel, "RUS") == parse_month("2017-12")
    assert panel.observations.published.max() <= FLAGSHIP_DAY.toordinal()
    assert panel.oil.end == parse_month("2018-09")
    assert {country: fx.end for country, fx in panel.fx.items()} == dict.fromkeys(
        ("CHN", "RUS"), parse_month("2018-09")
    )


def test_flagship_totals_are_those_of_the_releases() -> None:
    panel = load_panel("CHN-RUS", as_of=FLAGSHIP_DAY)
    assert total(panel, "turnover", "CHN", "2018-01/2018-09") == 77.0
    assert total(panel, "turnover", "CHN", "2018-01/2018-08") == pytest.approx(67.51, rel=0.0075)
    assert total(panel, "turnover", "CHN", "2017") == pytest.approx(84.07, rel=0.0075)
    assert total(panel, "turnover", "RUS", "2017") == 86.94
    assert total(panel, "turnover", "RUS", "2016") == 66.12
    assert total(panel, "turnover", "CHN", "2018") is None
    assert total(load_panel("CHN-RUS", as_of=date(2019, 1, 14)), "turnover", "CHN", "2018") == 107.06


def test_flagship_at_the_end_of_2017() -> None:
    panel = load_panel("CHN-RUS", as_of=date(2017, 12, 31))
    assert last_end(panel, "CHN") == parse_month("2017-11")
    assert last_end(panel, "RUS") == parse_month("2016-12")
    assert total(panel, "turnover", "CHN", "2017") is None
    assert total(panel, "turnover", "CHN", "2017-01/2017-11") == 76.06


def test_flagship_in_mid_2014_ends_with_2013() -> None:
    panel = load_panel("CHN-RUS", as_of=date(2014, 6, 30))
    assert last_end(panel, "CHN") == last_end(panel, "RUS") == parse_month("2013-12")
    assert panel.oil.end == parse_month("2014-05")
    assert total(load_panel("CHN-RUS", as_of=date(2014, 7, 20)), "turnover", "CHN", "2014-01/2014-06") == 44.54


def test_flagship_between_print_and_statistic_keeps_the_print() -> None:
    panel = load_panel("CHN-RUS", as_of=date(2018, 1, 15))
    assert total(panel, "turnover", "CHN", "2017") == 84.07
    assert total(panel, "imports", "CHN", "2017") == 41.19  # 84.07 less 42.88 is finer than the printed 41.2
    assert not any(span == "2017" for span, *_ in rows(load_panel("CHN-RUS", as_of=date(2018, 1, 20)), "CHN"))


def test_january_and_february_come_together_since_2020() -> None:
    assert last_end(load_panel("CHN-RUS", as_of=date(2021, 3, 19)), "CHN") == parse_month("2020-12")
    assert last_end(load_panel("CHN-RUS", as_of=date(2021, 3, 20)), "CHN") == parse_month("2021-02")
    assert last_end(load_panel("CHN-RUS", as_of=date(2019, 2, 20)), "CHN") == parse_month("2019-01")


def test_everything_leaves_out_what_is_marked() -> None:
    panel = load_panel("CHN-RUS")
    assert last_end(panel, "RUS") == parse_month("2021-12")
    assert last_end(panel, "CHN") == parse_month("2026-05")
    assert total(panel, "exports", "CHN", "2023-06") == 9.53
    assert total(panel, "turnover", "CHN", "2015") == 67.95
    assert panel.as_of >= date.fromordinal(int(panel.observations.published.max()))
    assert month_of(panel.as_of) > panel.oil.end


def test_the_other_order_turns_the_flows_round_and_keeps_the_reporters() -> None:
    here, there = load_panel("CHN-RUS", as_of=FLAGSHIP_DAY), load_panel("RUS-CHN", as_of=FLAGSHIP_DAY)
    assert (here.reporters, there.reporters) == (("CHN", "RUS"), ("RUS", "CHN"))
    assert (there.first, there.second) == ("RUS", "CHN")
    turned = {"exports": "imports", "imports": "exports", "turnover": "turnover"}
    for reporter in ("CHN", "RUS"):
        assert sorted(rows(there, reporter)) == sorted(
            (span, turned[flow], value, step) for span, flow, value, step in rows(here, reporter)
        )


def test_a_later_day_never_knows_less_of_a_year() -> None:
    known: set[int] = set()
    for day in (date(2016, 1, 1), date(2017, 2, 1), date(2018, 6, 1), date(2019, 2, 1), date(2024, 7, 1)):
        panel = load_panel("CHN-RUS", as_of=day)
        now = {y for y in range(1992, 2027) if known_cover(panel, "turnover", "CHN", year_span(y)) is not None}
        assert known < now
        known = now


def test_columns_are_sorted_and_read_only_and_rows_point_into_the_tables() -> None:
    panel = load_panel("CHN-RUS", as_of=FLAGSHIP_DAY)
    seen = panel.observations
    keys = list(zip(seen.end, seen.start, seen.flow, seen.reporter, strict=True))
    assert keys == sorted(keys)
    for column in (seen.start, seen.end, seen.flow, seen.reporter, seen.value_usd_bn, seen.published, seen.row):
        assert not column.flags.writeable
    figures = [figure for table in fixture_tables("CHN-RUS") for figure in parse_table(table, "CHN-RUS").figures]
    value_at = {figure.row: figure.value_usd_bn for figure in figures}
    assert [value_at[row] for row in seen.row] == seen.value_usd_bn.tolist()


def test_the_hash_is_that_of_the_figures() -> None:
    on_the_day = load_panel("CHN-RUS", as_of=FLAGSHIP_DAY)
    assert on_the_day.data_sha256 == load_panel("CHN-RUS", as_of=date(2018, 10, 13)).data_sha256  # nothing new
    assert on_the_day.data_sha256 != load_panel("CHN-RUS", as_of=date(2018, 10, 11)).data_sha256


@pytest.mark.parametrize("pair", ["CHN", "chn-rus", "CHN-CHN", "CHN/RUS", "CHN-RUSS", ""])
def test_what_is_no_pair(pair: str) -> None:
    with pytest.raises(SchemaError, match="for example CHN-RUS"):
        load_panel(pair)


def test_a_pair_without_figures_asks_for_a_table() -> None:
    with pytest.raises(NotFoundError, match="give a table"):
        load_panel("AAA-BBB")


def test_a_day_before_the_record() -> None:
    with pytest.raises(GapError, match="No figure was known on 1992-12-31"):
        load_panel("CHN-RUS", as_of=date(1992, 12, 31))
    with pytest.raises(GapError, match="Too little history: 2 figures over 12 months"):
        load_panel("CHN-RUS", as_of=date(1993, 2, 1))


# ---- a user's own table --------------------------------------------------------------------------------

Line = tuple[str, str, float]


def frame(lines: list[Line], **columns: object) -> pl.DataFrame:
    table = pl.DataFrame(lines, schema=["span", "flow", "value"], orient="row")
    return table.with_columns(pl.lit(value).alias(name) for name, value in ({"unit": "USD bn"} | columns).items())


def monthly(first: int = 2019, last: int = 2021, flow: str = "exports") -> list[Line]:
    return [(f"{y}-{m:02d}", flow, 1.0 + 0.01 * m) for y in range(first, last + 1) for m in range(1, 13)]


YEAR = sum(1.0 + 0.01 * m for m in range(1, 13))


def test_monthly_table() -> None:
    panel = load_panel("AAA-BBB", table=frame(monthly() + monthly(flow="imports")))
    assert panel.reporters == ("AAA",)
    assert len(panel.observations) == 72
    assert total(panel, "turnover", "AAA", "2020") == round(2 * YEAR, 2)
    assert panel.fx == {}
    assert "72 rows without a publication date count as known 20 days after" in panel.source


def test_default_lag_of_twenty_days() -> None:
    table = frame(monthly())
    assert last_end(load_panel("AAA-BBB", as_of=date(2021, 8, 19), table=table), "AAA") == parse_month("2021-06")
    assert last_end(load_panel("AAA-BBB", as_of=date(2021, 8, 20), table=table), "AAA") == parse_month("2021-07")


def test_quarterly_table() -> None:
    lines: list[Line] = [(f"{y}-Q{q}", "imports", 3.0 + q) for y in (2019, 2020) for q in range(1, 5)]
    panel = load_panel("AAA-BBB", table=frame(lines))
    assert total(panel, "imports", "AAA", "2020") == 22.0
    assert total(panel, "imports", "AAA", "2020-01/2020-06") == 9.0
    assert total(panel, "imports", "AAA", "2020-01") is None


def test_annual_table_from_both_reporters() -> None:
    lines = [(str(y), "turnover", 80.0 + y - 2010) for y in range(2010, 2016)]
    table = pl.concat([frame(lines, reporter="AAA"), frame(lines[:4], reporter="BBB")])
    panel = load_panel("AAA-BBB", table=table)
    assert panel.reporters == ("AAA", "BBB")
    assert [len(rows(panel, reporter)) for reporter in panel.reporters] == [6, 4]
    assert load_panel("AAA-BBB", table=frame(lines, reporter="BBB")).reporters == ("BBB",)


def test_year_to_date_table() -> None:
    lines = [
        (f"{y}-01/{y}-{m:02d}", "exports", round(sum(1.0 + 0.01 * k for k in range(1, m + 1)), 4))
        for y in (2019, 2020)
        for m in range(1, 13)
    ]
    panel = load_panel("AAA-BBB", table=frame(lines))
    assert len(panel.observations) == 24
    assert total(panel, "exports", "AAA", "2020-07") == 1.07
    assert total(panel, "exports", "AAA", "2019-03/2019-05") == 3.12


def test_mixed_table_with_a_combined_month_and_a_revision(tmp_path: Path) -> None:
    path = tmp_path / "mixed.csv"
    path.write_text(
        "span_start;span_end;flow;value;unit;resolution;reporter;published\n"
        "2019-01;2019-12;turnover;24000;USD mn;;AAA;2020-01-25\n"
        "2019-01;2019-12;turnover;24900;USD mn;;BBB;2020-03-01\n"
        "2020-01;2020-12;turnover;23400;USD mn;;AAA;2021-01-25\n"
        "2021-01;2021-02;exports;2.3;USD bn;0.1;AAA;2021-03-20\n"
        "2021-03;;exports;1.2;USD bn;0.1;AAA;2021-04-20\n"
        "2021-01;2021-03;exports;3.52;USD bn;0.01;AAA;2021-04-20\n"
        "2021-01;2021-09;turnover;19.8;USD bn;0.1;AAA;2021-10-12\n"
        "2021-01;2021-09;turnover;19.93;USD bn;0.01;AAA;2022-04-20\n",
        encoding="utf-8",
    )
    early = load_panel("AAA-BBB", as_of=date(2021, 12, 31), table=path)
    assert total(early, "turnover", "AAA", "2021-01/2021-09") == 19.8
    late = load_panel("AAA-BBB", as_of=date(2022, 4, 20), table=path)
    assert total(late, "turnover", "AAA", "2021-01/2021-09") == 19.93
    assert total(late, "exports", "AAA", "2021-01/2021-03") == 3.52
    assert len(late.observations) == 7
    assert late.source == "mixed.csv"
    assert late.observations.row.tolist() == [1, 2, 3, 4, 6, 5, 8]


def test_csv_parquet_and_frame_give_the_same_panel_in_any_row_order(tmp_path: Path) -> None:
    table = frame(monthly() + monthly(flow="imports"), published=None)
    table.write_csv(tmp_path / "t.csv")
    table.write_parquet(tmp_path / "t.parquet")
    expected = load_panel("AAA-BBB", table=table).data_sha256
    assert load_panel("AAA-BBB", table=tmp_path / "t.csv").data_sha256 == expected
    assert load_panel("AAA-BBB", table=str(tmp_path / "t.parquet")).data_sha256 == expected
    assert load_panel("AAA-BBB", table=table.reverse()).data_sha256 == expected
    assert load_panel("AAA-CCC", table=table).data_sha256 != expected


def test_a_table_in_other_units_gives_the_same_figures() -> None:
    billions, millions = frame(monthly()), frame(monthly()).with_columns(pl.col("value") * 1000, unit=pl.lit("USD mn"))
    here, there = (load_panel("AAA-BBB", table=table).observations.value_usd_bn for table in (billions, millions))
    assert here == pytest.approx(there, rel=1e-15)


def test_fx_of_the_countries_of_the_table() -> None:
    panel = load_panel("DEU-USA", as_of=date(2022, 2, 1), table=frame(monthly()))
    assert list(panel.fx) == ["DEU"]


Change = Callable[[list[Line]], list[Line]]


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda lines: [*lines, ("2020", "exports", YEAR * 1.05)], SchemaError, r"Row 37 .*contradicts rows 13, 14"),
        (lambda lines: [*lines, ("2020-05", "exports", 2.0)], SchemaError, "Rows 17 and 37 print the same figure"),
        (lambda lines: [*lines, ("2020-01/2020-02", "exports", 0.9)], SchemaError, "Row 37 .*smaller than row 13"),
        (
            lambda lines: [*lines, ("2020-05", "imports", 1.0), ("2020-05", "turnover", 2.5)],
            SchemaError,
            "Row 38 .*contradicts rows 17, 37",
        ),
        (lambda lines: [*lines, ("2020-05", "imports", -1.0)], SchemaError, "Row 37: the value -1.0 is not positive"),
        (lambda lines: [*lines, ("2020-05", "imports", float("nan"))], SchemaError, "Row 37: .*not a finite number"),
        (lambda lines: [*lines, ("2020-05", "sales", 1.0)], SchemaError, "Row 37: the flow 'sales'"),
        (lambda lines: lines[:23], GapError, "23 figures over 23 months"),
        (lambda lines: lines[:3], GapError, "Too little history"),
        (lambda lines: [*lines, ("2027-02", "exports", 1.0)], GapError, "from 2022-01 to 2027-01"),
    ],
)
def test_what_is_wrong_with_a_table(change: Change, error: type[InputError], message: str) -> None:
    with pytest.raises(error, match=message):
        load_panel("AAA-BBB", table=frame(change(monthly())))


def test_gaps_inside_a_record_stay_gaps() -> None:
    panel = load_panel("AAA-BBB", table=frame(monthly(2010, 2010) + monthly(2016, 2017)))
    assert total(panel, "exports", "AAA", "2013") is None
    assert len(panel.observations) == 36


@pytest.mark.parametrize(
    ("columns", "error", "message"),
    [
        ({"reporter": "CCC"}, SchemaError, "Row 1: the reporter 'CCC' is neither AAA nor BBB"),
        ({"unit": "EUR mn"}, UnitError, "Row 1: The unit 'EUR mn'"),
        ({"publishd": "2022-01-01"}, SchemaError, "'publishd'. Did you mean 'published'"),
        ({"published": "2019-01-30"}, SchemaError, "Row 1: .*before the span ended"),
        ({"pair": "CCC-DDD"}, SchemaError, "no figure of AAA-BBB; it is about CCC-DDD"),
    ],
)
def test_what_is_wrong_with_a_column(columns: dict[str, str], error: type[InputError], message: str) -> None:
    with pytest.raises(error, match=f"(?s){message}"):
        load_panel("AAA-BBB", table=frame(monthly(), **columns))
