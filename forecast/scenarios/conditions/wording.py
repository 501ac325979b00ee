"""Each condition as one plain sentence, for the shell, explanations and the page."""

from __future__ import annotations

from forecast.months import Span, format_month
from forecast.scenarios.conditions.kinds import (
    Between,
    Condition,
    Crisis,
    Event,
    Form,
    Hazard,
    Odds,
    Percent,
    Pinned,
    Quantile,
    Ramp,
    Realised,
    Replay,
    Sanctions,
    Shift,
    Shock,
    Tariff,
    Total,
    Uncertain,
    Values,
)
from forecast.scenarios.conditions.table import subject_of
from forecast.scenarios.relative import Start

_TYPICAL = "typical"


def condition_words(condition: Condition) -> str:
    """What a condition says, as "Brent ramps to 45 USD over 6 months from next January, with its own width"."""
    match condition:
        case Pinned():
            return _path(condition)
        case Between():
            return _range(condition)
        case Shock():
            return _shock(condition)
        case Crisis():
            return _crisis(condition)
        case Hazard(multiplier):
            if multiplier == 0.0:
                return "No crisis begins"
            return f"Crises begin by their own odds, {multiplier:g} times as often as measured"
        case Shift():
            return _shift(condition)
        case Tariff():
            return _tariff(condition)
        case Sanctions():
            return _sanctions(condition)
        case Odds(event, probability):
            return f"The chance that {_event(event)} is {100.0 * probability:g} %"


# ---- paths, ranges, shocks ---------------------------------------------------------------------------


def _path(pin: Pinned) -> str:
    does = _goes(pin.driver, pin.form)
    when = "" if isinstance(pin.form, Total | Realised) else f" {_from(pin.start)}"
    width = "with its own width" if pin.width == "own" else "for certain"
    tail = "" if isinstance(pin.form, Realised) else f", {width}"
    if pin.adjust:
        tail += f"; only shocks to {_listed(pin.adjust)} adjust"
    return f"{_subject(pin.driver)} {does}{when}{_until(pin.until)}{tail}"


def _goes(driver: str, form: Form) -> str:
    several = driver in ("exports", "imports")
    match form:
        case Values(values) if len(values) == 1:
            return f"{_is(several)} {_amount(driver, values[0])}"
        case Values(values):
            if len(values) <= 4:
                return f"{_is(several)} {_listed([_amount(driver, value) for value in values])}, month by month,"
            ends = f"from {_amount(driver, values[0])} to {_amount(driver, values[-1])}"
            return f"{_verb('follow', several)} {len(values)} given months {ends}"
        case Ramp(to, 0):
            return f"{_verb('hold', several)} at {_amount(driver, to)}"
        case Ramp(to, over):
            return f"{_verb('ramp', several)} to {_amount(driver, to)} over {_months(over)}"
        case Percent(0.0):
            return f"{_verb('stay', several)} at {_their(several)} last {'price' if driver == 'oil' else 'level'}"
        case Percent(percent, over):
            pace = f" over {_months(over)}" if over else ""
            return f"{_verb('rise' if percent >= 0 else 'fall', several)} by {abs(percent):g} %{pace}"
        case Quantile(level):
            return f"{_verb('follow', several)} the {100.0 * level:g} % quantile of {_their(several)} own density"
        case Replay(like):
            return f"{_verb('change', several)} in per cent as over {like}"
        case Realised():
            return f"{_verb('go', several)} as {'they' if several else 'it'} really went, as far as that is published"
        case Total(value, span):
            return f"{_verb('sum', several)} to {_amount(driver, value)} in {span}"


def _range(condition: Between) -> str:
    driver, several = condition.driver, condition.driver in ("exports", "imports")
    if condition.low is not None and condition.high is not None:
        bounds = f"between {_number(condition.low)} and {_amount(driver, condition.high)}"
    elif condition.low is not None:
        bounds = f"at or above {_amount(driver, condition.low)}"
    else:
        bounds = f"at or below {_amount(driver, condition.high or 0.0)}"
    if condition.span is not None:
        return f"{_upper(_summed(driver, condition.span))} stays {bounds}"
    when = f"{_from(condition.start)}{_until(condition.until)}"
    return f"{_subject(driver)} {_verb('stay', several)} {bounds} in every month {when}"


def _shock(shock: Shock) -> str:
    size = f"{shock.size:+g} standard deviations of its monthly shock" if shock.unit == "sd" else f"{shock.size:+g} %"
    origin = {"supply": " from the side of supply", "demand": " from the side of demand"}.get(shock.origin, "")
    what = _subject(shock.driver)
    return f"{what} {_is_hit(shock.driver)} by a shock of {size}{origin} {_in(shock.start)}"


def _crisis(crisis: Crisis) -> str:
    kind = "A typical crisis" if crisis.episode == _TYPICAL else f"A crisis of the {crisis.episode} kind"
    parts = []
    if crisis.severity != 1.0:
        parts.append(f"{crisis.severity:g} times as deep")
    if crisis.length_months is not None:
        parts.append(f"falling for {crisis.length_months:g} months")
    return f"{kind} begins {_in(crisis.start)}" + (f", {' and '.join(parts)}" if parts else "")


# ---- effects -----------------------------------------------------------------------------------------


def _shift(shift: Shift) -> str:
    several = shift.flow in ("exports", "imports")
    give = f" (give or take {_number(shift.sd)})" if shift.sd else ""
    if shift.percent is not None:
        size = f"{abs(shift.percent):g} %{give}"
        rises = shift.percent >= 0
    else:
        amount = shift.usd_bn_a_year or 0.0
        size, rises = f"{_number(abs(amount))} bn USD a year{give}", amount >= 0
    group = f" of {shift.group}" if shift.group else ""
    of = f"A share of {100.0 * shift.share:g} % of {shift.flow}" if shift.share != 1.0 else ""
    what = f"{of}{f' ({shift.group})' if shift.group else ''}" if of else f"{_upper(shift.flow)}{group}"
    verb = _verb("rise" if rises else "fall", several and not of)
    pace = f" over {_months(shift.over_months)}" if shift.over_months else ""
    return f"{what} {verb} by {size}{pace} {_from(shift.start)}{_until(shift.until)}"


def _tariff(tariff: Tariff) -> str:
    between = tariff.lost_from_usd_bn_a_year is not None
    step = f"from {tariff.from_percent:g} to {tariff.to_percent:g} %"
    on = (
        f"on {_number(tariff.lost_from_usd_bn_a_year or 0.0)} bn USD a year between others"
        if between
        else (f"on {_part(tariff.share)}{tariff.flow}")
    )
    what = f"A tariff {on} goes {step}{_pace(tariff.over_months)} {_from(tariff.start)}{_until(tariff.until)}"
    given = _given(pass_through=tariff.pass_through, elasticity=tariff.elasticity, diversion=tariff.diversion)
    return f"{what}{_gain(tariff.flow, tariff.share) if between else ''}{given}"


def _sanctions(sanctions: Sanctions) -> str:
    kind = {"trade": "Trade sanctions", "financial": "Financial sanctions", "secondary": "Secondary sanctions"}
    named = kind.get(sanctions.kind, f"Sanctions ({sanctions.kind})")
    between = sanctions.lost_from_usd_bn_a_year is not None
    on = (
        f"{_number(sanctions.lost_from_usd_bn_a_year or 0.0)} bn USD a year between others"
        if between
        else (f"{_part(sanctions.share)}{sanctions.flow}")
    )
    what = f"{named} hit {on}{_pace(sanctions.over_months)} {_from(sanctions.start)}{_until(sanctions.until)}"
    given = _given(loss_percent=sanctions.loss_percent, diversion=sanctions.diversion)
    return f"{what}{_gain(sanctions.flow, sanctions.share) if between else ''}{given}"


def _gain(flow: str, share: float) -> str:
    part = f", in a share of {100.0 * share:g} %," if share != 1.0 else ""
    gain = "gain" if flow in ("exports", "imports") else "gains"
    return f"; {flow}{part} {gain} from what is diverted"


def _given(**numbers: Uncertain | None) -> str:
    said = [
        f"{name.replace('_', '-').replace('loss-percent', 'loss in per cent')} {number.mean:g}"
        + (f" (give or take {number.sd:g})" if number.sd else "")
        for name, number in numbers.items()
        if number is not None
    ]
    return f"; {', '.join(said)}" if said else ""


def _pace(over_months: int | None) -> str:
    if over_months is None:
        return ""
    return f", taking hold over {_months(over_months)}," if over_months else ", taking hold at once,"


def _part(share: float) -> str:
    return f"{100.0 * share:g} % of " if share != 1.0 else ""


# ---- odds --------------------------------------------------------------------------------------------


def _event(event: Event) -> str:
    if event.span is None:
        return "a crisis begins"
    at_least = event.at_least is not None
    mark = _amount(event.what, (event.at_least if at_least else event.at_most) or 0.0)
    return f"{_summed(event.what, event.span)} is {mark} or {'more' if at_least else 'less'}"


def _summed(driver: str, span: Span) -> str:
    if subject_of(driver) == "flow":
        return f"the sum of {driver} in {span}"
    return f"the mean of {_subject(driver)} in {span}".replace("of The", "of the").replace("of World", "of world")


# ---- words -------------------------------------------------------------------------------------------


def _subject(driver: str) -> str:
    words = {"oil": "Brent", "activity": "World activity"}
    return words.get(driver) or (f"The exchange rate of {driver[3:]}" if driver.startswith("fx:") else _upper(driver))


def _amount(driver: str, value: float) -> str:
    units = {"oil": " USD", "flow": " bn USD", "activity": " % from trend", "fx": " to the dollar"}
    return f"{_number(value)}{units[subject_of(driver)]}"


def _number(value: float) -> str:
    return f"{value:.6g}"


def _from(start: Start) -> str:
    return f"from {_start(start)}"


def _in(start: Start) -> str:
    return _start(start) if start == "next-january" else f"in {_start(start)}"


def _start(start: Start) -> str:
    if start is None:
        return "the first month ahead"
    return "next January" if start == "next-january" else format_month(start)


def _until(until: int | None) -> str:
    return "" if until is None else f" until {format_month(until)}"


def _months(count: int) -> str:
    return "one month" if count == 1 else f"{count} months"


def _listed(words: list[str] | tuple[str, ...]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def _verb(verb: str, several: bool) -> str:
    return verb if several else f"{verb}es" if verb == "go" else f"{verb}s"


def _is(several: bool) -> str:
    return "are" if several else "is"


def _is_hit(driver: str) -> str:
    return "are hit" if driver in ("exports", "imports") else "is hit"


def _their(several: bool) -> str:
    return "their" if several else "its"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
