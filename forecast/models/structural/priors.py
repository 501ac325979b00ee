"""What is believed of any pair before its record is seen.

A figure with a name beside it rounds those rows of fixtures/pooled_priors.csv: measured on other pairs, China-Russia
left out. One without a name is a judgement (DECISIONS.md). Standard deviations are those of a pair with 20 bn USD of
turnover a year; they shrink with size as ``(turnover / 20) ** exponent``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

REFERENCE_TURNOVER_USD_BN = 20.0
SIZE_EXPONENT = -0.19  #: of level, cycle and bias: size.exponent.turnover_non_oil, size.exponent.non_oil
IRREGULAR_SIZE_EXPONENT = -0.35  #: monthly.size_exponent.irregular
SIZE_RANGE_USD_BN = (0.2, 500.0)

LEVEL_START_SD = 1.0
# Yearly drift that the flows share: the world's of the window known + what the next years are below it + slope * (mean
# of the two countries' drifts - world's) (country_drift.csv).
WORLD_DRIFT_A_YEAR = 0.039  #: drift.rule.world_5y, where no window is known
WORLD_DRIFT_LESS_WINDOW = -0.017  #: drift.rule.world_5y_less_window
COUNTRY_DRIFT_SLOPE = 1.0
DRIFT_SD_A_YEAR = 0.025
OWN_DRIFT_SD_A_YEAR = 0.01
# January to December, any flow: season.mean.*; and the spread of flows about it
SEASON_MEAN = (-0.055, -0.07, 0.07, 0.0, 0.02, 0.02, 0.0, 0.01, -0.015, 0.035, -0.015, -0.005)
SEASON_SD = 0.06
SEASON_CHANGE_SD = 0.008  #: monthly.season_step_sd.*, of a calendar month's effect from one year to the next
IRREGULAR_DF = 5.0
UNREST_DF = 4.0  #: of the shocks of a year, chosen on other pairs (DECISIONS.md)
BIAS_START = (0.0, 0.2)  #: mirror.level.*, log of another reporter's count over the first one's
COUNT_ERROR_SD = 0.003  #: difference between vintages of the same figure
OTHER_COUNT_ERROR_SD = 0.04  #: mirror.noise_sd.*, yearly noise between two reporters' counts of the same flow

# Elasticities to oil by group of lags (regressors.OIL_LAGS): oil.months.*
OIL_FROM_EXPORTER = ((0.65, 0.18), (0.00, 0.12), (0.10, 0.10))
OIL_TO_EXPORTER = ((0.14, 0.17), (0.11, 0.11), (0.13, 0.11))
OIL_TURNOVER_OF_EXPORTER = ((0.43, 0.17), (0.04, 0.11), (0.10, 0.10))
OIL_OTHERS = ((0.15, 0.08), (0.06, 0.06), (-0.05, 0.06))
CURRENCY_OF_BUYER = (-0.3, 0.2)  #: currency_gap.exports_to.*
LUNAR_SELLER = ((0.15, 0.2), (-0.3, 0.2))  #: before and from New Year, exports of a country that keeps it
LUNAR_BUYER = ((0.0, 0.2), (0.0, 0.2))


@dataclass(frozen=True, slots=True)
class Hyperprior:
    """A Gaussian prior on a transformed hyperparameter: log of a standard deviation, logit of a persistence."""

    name: str
    mean: float
    sd: float


# dynamics.*, times .8 since those are the sds of all years and these of years without unrest: what two flows share is a
# random walk (of the pair, .014, and of the world, .025); what is a flow's own is partly a walk and partly comes back.
COMMON_LEVEL_SD = Hyperprior("log_common_level_sd", math.log(0.020), 0.4)
OWN_LEVEL_SD = Hyperprior("log_own_level_sd", math.log(0.019), 0.42)
OWN_LEVEL_SD_OF_EXPORTER = Hyperprior("log_own_level_sd", math.log(0.027), 0.42)
CYCLE_SD = Hyperprior("log_cycle_sd", math.log(0.04), 0.65)
CYCLE_SD_OF_EXPORTER = Hyperprior("log_cycle_sd", math.log(0.095), 0.6)
CYCLE_PERSISTENCE = Hyperprior("logit_cycle_persistence", math.log(0.92 / 0.08), 0.7)
IRREGULAR_SD = Hyperprior("log_irregular_sd", math.log(0.08), 0.5)
CRISIS_FACTOR = Hyperprior("log_crisis_factor", math.log(1.5), 0.4)
BIAS_CHANGE_SD = Hyperprior("log_bias_change_sd", math.log(0.02), 0.5)
