"""reading: the same table from every kind of file, and files that are no table."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from forecast.data.reading import read_table
from forecast.errors import NotFoundError, SchemaError

TEXT = "month,flow,value,unit\n2020-01,exports,1.5,USD bn\n2020-02,exports,2,USD bn\n"


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "mine.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("text", [TEXT, TEXT.replace(",", ";"), TEXT.replace(",", "\t"), TEXT.replace("\n", "\r\n")])
def test_delimiters_and_line_ends(tmp_path: Path, text: str) -> None:
    raw = read_table(write(tmp_path, text))
    assert raw.header == ("month", "flow", "value", "unit")
    assert raw.rows == ((1, ("2020-01", "exports", "1.5", "USD bn")), (2, ("2020-02", "exports", "2", "USD bn")))


def test_byte_order_mark_and_header_in_capitals(tmp_path: Path) -> None:
    path = write(tmp_path, TEXT.replace("month", "Month ").replace("flow", "FLOW"), "utf-8-sig")
    assert read_table(str(path)).header[:2] == ("month", "flow")


def test_blank_lines_keep_the_row_numbers_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, TEXT.replace("2020-02", "\n\n2020-02"))
    assert [row for row, _ in read_table(path).rows] == [1, 4]


def test_parquet_and_frames_are_read_as_the_text_they_would_be(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {"month": [date(2020, 1, 1), None], "flow": ["exports", "imports"], "value": [0.1, 2.0], "unit": ["USD", "USD"]}
    ).with_columns(pl.col("month").cast(pl.Datetime))
    frame.write_parquet(tmp_path / "mine.parquet")
    expected = ((1, ("2020-01-01", "exports", "0.1", "USD")), (2, ("", "imports", "2.0", "USD")))
    assert read_table(frame).rows == expected
    assert read_table(tmp_path / "mine.parquet").rows == expected


def test_a_row_with_a_decimal_comma_breaks_the_columns(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match=r"Row 2 has 5 fields where the header has 4.*decimal point") as caught:
        read_table(write(tmp_path, TEXT.replace("exports,2,", "exports,2,5,")))
    assert caught.value.pointer == "row 2"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "holds no rows"),
        (b"month,flow,value,unit\n", "holds no rows"),
        (b"month,flow,flow,unit\n1,2,3,4\n", "'flow' more than once"),
        (b"month,flow\n\xff\xfe,1\n", "not UTF-8"),
        (b'month,flow\n"2020-01,exports\n', "Row 1 of mine.csv is broken"),
        (b"PAR1 and then nothing", "cannot be read as Parquet"),
    ],
)
def test_what_is_no_table(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "mine.csv"
    path.write_bytes(content)
    with pytest.raises(SchemaError, match=message):
        read_table(path)


def test_an_empty_frame_and_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="holds no rows"):
        read_table(pl.DataFrame({"month": []}))
    with pytest.raises(NotFoundError, match="no file"):
        read_table(tmp_path / "absent.csv")
