"""Innovations of the structural model: their likelihood is that of the fit, and parts of them can be chosen."""

from __future__ import annotations

import numpy as np
import pytest

from forecast.errors import GapError
from forecast.interop.results import results_of
from forecast.interop.structural import structural_residuals
from tests.exact.cases import flagship, monthly_fit


def test_all_figures_together_have_the_likelihood_of_the_fit() -> None:
    fitted = flagship()
    found = structural_residuals(fitted)
    assert found.loglik == pytest.approx(fitted.loglik, abs=1e-8)
    results = results_of(fitted)
    assert results.nobs == len(fitted.layout.used)
    np.testing.assert_array_equal(results.params, fitted.mode)
    np.testing.assert_array_equal(results.bse, fitted.sd)
    assert results.param_names == list(fitted.names)


def test_parts_add_up_to_the_whole_and_keep_their_order() -> None:
    fitted = flagship()
    whole = structural_residuals(fitted)
    by_reporter = [structural_residuals(fitted, reporter=reporter) for reporter in fitted.panel.reporters]
    assert sum(part.loglik for part in by_reporter) == pytest.approx(whole.loglik, abs=1e-8)
    assert sum(len(part.errors) for part in by_reporter) == len(whole.errors)
    values = dict(zip(whole.spans, whole.standardised.tolist(), strict=True))
    exports = structural_residuals(fitted, reporter="CHN", flow="exports")
    assert all(span.endswith("exports CHN") for span in exports.spans)
    assert [values[span] for span in exports.spans] == exports.standardised.tolist()
    np.testing.assert_allclose(exports.fitted + exports.errors, exports.endog)


def test_residuals_of_a_record_that_follows_the_model_are_standard_normal() -> None:
    """A quiet monthly record of a known law: mean 0 and sd 1 within five standard errors."""
    found = structural_residuals(monthly_fit())
    e, n = found.standardised, len(found.standardised)
    assert n > 60
    assert abs(e.mean()) < 5.0 / np.sqrt(n)
    assert abs(e.std() - 1.0) < 5.0 / np.sqrt(2.0 * n)


def test_without_weights_outliers_show_at_full_size() -> None:
    fitted = flagship()
    weight = fitted.path.irregular_weight
    assert weight.max() > 1.0
    plain, weighted = structural_residuals(fitted, weighted=False), structural_residuals(fitted)
    assert not np.allclose(plain.standardised, weighted.standardised)
    month = fitted.layout.start + int(np.argmax(weight.max(axis=1)))
    span = f"{month // 12}-{month % 12 + 1:02d} "
    at = [i for i, name in enumerate(plain.spans) if name.startswith(span)]
    assert at
    assert max(abs(plain.standardised[at])) > max(abs(weighted.standardised[at]))


def test_a_part_that_is_not_there_is_refused_in_words() -> None:
    with pytest.raises(GapError, match="exports by CHN"):
        structural_residuals(flagship(), reporter="USA")
    with pytest.raises(GapError, match="it holds"):
        structural_residuals(flagship(), flow="services")
