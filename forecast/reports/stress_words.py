"""Reverse stress in words: the finding in one line, and a sentence for each of its answers."""

from __future__ import annotations

from collections.abc import Sequence

from forecast.evaluation.stressed import Stress
from forecast.reports.target_words import capitalised
from forecast.reports.words import count_of, flow_between, further, long_month, percent, points
from forecast.scenarios.plausibility import Plausibility

_EVEN = 0.5


def finding(stress: Stress) -> str:
    """ "Turnover of at least 100 bn USD in 2019: a coin toss at 54 USD a barrel"."""
    what, flat = capitalised(stress.target_words), stress.break_even
    if flat.crossings:
        prices = listed([short_price(crossing.price_usd) for crossing in flat.crossings])
        return f"{what}: {even_words(stress.alpha)} at {prices} USD a barrel"
    side = "above" if flat.chance_today >= stress.alpha else "below"
    if stress.alpha == _EVEN:
        return f"{what}: {'more' if side == 'above' else 'less'} likely than not at any oil price"
    return f"{what}: {side} {percent(stress.alpha)} at any oil price"


def circumstances(stress: Stress) -> str:
    """ "Trade between China and Russia by China's count, as known on 2018-10-12"."""
    what = capitalised(flow_between("trade", stress.pair))
    under = "" if stress.base == "baseline" else f", under {stress.base}"
    return f"{what} by {count_of(stress.reporter)}, as known on {stress.as_of}{under}"


def chance_words(stress: Stress) -> str:
    """The chance under the base scenario."""
    under = "with oil and crises by their own odds" if stress.base == "baseline" else f"under {stress.base}"
    return f"The chance is {percent(stress.chance)} {under} (Monte Carlo error {points(stress.error)})."


def today_words(stress: Stress) -> str:
    """The chance where the last oil price known holds."""
    flat = stress.break_even
    return (
        f"The last price known is {usd(flat.today_usd)} USD a barrel; if it holds the chance is "
        f"{percent(flat.chance_today)}."
    )


def no_crossing_words(stress: Stress) -> str:
    """Which side of ``alpha`` the chance lies on when no flat price moves it across."""
    flat = stress.break_even
    side = "above" if flat.chance_today >= stress.alpha else "below"
    return (
        f"No flat oil price {brings(stress.alpha)}: the chance stays {side} {percent(stress.alpha)}, at "
        f"{percent(flat.chance_lowest)} with oil at {flat.lowest_usd:,g} USD a barrel and at "
        f"{percent(flat.chance_highest)} with oil at {flat.highest_usd:,g}."
    )


def path_words(stress: Stress) -> str:
    """How far out the least implausible path lies, beside the nearest flat price."""
    path = stress.least_path
    if path is None:
        return f"No oil path was found that {brings(stress.alpha)}."
    out = path.plausibility
    text = f"Squared distance {_distance(out.q)} over {out.dof} months ({ordinary(out)})"
    if path.flat is None:
        return f"{text}; no flat price gets there."
    return f"{text}; that of the nearest flat price is {_distance(path.flat.q)} ({ordinary(path.flat)})."


def crisis_words(stress: Stress) -> str:
    """The smallest crisis, or that there is none; oil goes by its own odds."""
    crisis = stress.least_crisis
    kind = f"{capitalised(kind_words(crisis.episode))} that begins in {long_month(crisis.start)}"
    if crisis.severity is None:
        side = "above" if crisis.calm >= stress.alpha else "below"
        return (
            f"{kind} never {brings(stress.alpha)}: the chance stays {side} {percent(stress.alpha)}, at "
            f"{percent(crisis.calm)} without it and at {percent(crisis.worst)} with one {crisis.most:g} times as deep."
        )
    low = "0" if crisis.low is None else f"{crisis.low:.2f}"
    high = f"over {crisis.most:g}" if crisis.high is None else f"{crisis.high:.2f}"
    return (
        f"{kind} {brings(stress.alpha)} at {crisis.severity:.2f} times the depth measured ({low} to "
        f"{high}); without it the chance is {percent(crisis.calm)}."
    )


def kind_words(episode: str) -> str:
    """ "a crisis like 2008-09"; "an average crisis"."""
    return "an average crisis" if episode == "typical" else f"a crisis like {episode}"


def ordinary(found: Plausibility) -> str:
    """ "score 0.94, further 9%"."""
    return f"score {found.score:.2f}, further {further(found)}"


def even_words(alpha: float) -> str:
    """ "a coin toss", "a chance of 30%"."""
    return "a coin toss" if alpha == _EVEN else f"a chance of {percent(alpha)}"


def brings(alpha: float) -> str:
    """ "makes it a coin toss", "brings the chance to 30%"."""
    return "makes it a coin toss" if alpha == _EVEN else f"brings the chance to {percent(alpha)}"


def _distance(q: float) -> str:
    return f"{q:,.2f}" if q < 0.995 else f"{q:,.1f}"


def usd(price: float) -> str:
    """A price of oil: "78.9", "1,000.0"."""
    return f"{price:,.1f}"


def short_price(price: float) -> str:
    """A price for a headline: "54", "8.2"."""
    return f"{price:,.0f}" if price >= 9.95 else f"{price:.1f}"


def listed(texts: Sequence[str]) -> str:
    """ "30, 45 and 60"."""
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
