"""Forms of exponential smoothing against their names."""

from __future__ import annotations

import pytest

from forecast.kernels.ets.forms import FORMS, NAMES, ets_admissible, ets_form, ets_parts, ets_unknowns

# Hyndman et al. 2008, section 2.8.1: the rest has infinite variance or divides by numbers near zero.
ADMITTED = [
    "ANN",
    "ANA",
    "AAN",
    "AAA",
    "AAdN",
    "AAdA",
    "MNN",
    "MNA",
    "MNM",
    "MAN",
    "MAA",
    "MAM",
    "MAdN",
    "MAdA",
    "MAdM",
]
ADMITTED += ["MMN", "MMM", "MMdN", "MMdM"]


@pytest.mark.parametrize("form", range(FORMS))
def test_ets_parts_spell_the_name(form: int) -> None:
    error, trend, season = ets_parts(form)
    assert "AM"[error] + ("N", "A", "Ad", "M", "Md")[trend] + "NAM"[season] == NAMES[form]
    assert ets_form(NAMES[form]) == form


@pytest.mark.parametrize("m", [2, 4, 12])
@pytest.mark.parametrize("form", range(FORMS))
def test_ets_unknowns_counts_letters(form: int, m: int) -> None:
    name = NAMES[form]
    expected = ["alpha", "level"] + ["beta", "growth"] * (name[1] != "N") + ["phi"] * ("d" in name)
    expected += ["gamma", *range(m - 1)] * (name[-1] != "N")
    assert ets_unknowns(form, m) == len(expected)


@pytest.mark.parametrize("positive", [True, False])
@pytest.mark.parametrize("growth", [True, False])
@pytest.mark.parametrize("m", [1, 12])
def test_ets_admissible_is_the_list_of_the_book(positive: bool, growth: bool, m: int) -> None:
    for form, name in enumerate(NAMES):
        expected = name in ADMITTED and (m > 1 or name[-1] == "N") and (growth or name[1] != "M")
        assert ets_admissible(form, m, positive, growth) == (expected and (positive or "M" not in name))
