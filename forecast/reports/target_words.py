"""Targets as a planner says them: the mark, the whole target, and the flows it speaks of."""

from __future__ import annotations

from forecast.answer import TargetAnswer
from forecast.evaluation.asked import PERCENT
from forecast.reports.words import amount, long_month, span_words, unit_words


def flows_of(target: TargetAnswer) -> tuple[str, ...]:
    """The flows that a target speaks of, in the order in which it names them."""
    if target.flow is not None:
        return (target.flow,)
    return tuple(dict.fromkeys(flow for part in parts_of(target) for flow in flows_of(part)))


def parts_of(target: TargetAnswer) -> tuple[TargetAnswer, ...]:
    """The targets that are asked jointly; none where there is one."""
    return target.all or target.any


def mark_of(target: TargetAnswer) -> float:
    """The amount to reach, or not to exceed, in the target's unit."""
    return target.at_least if target.at_least is not None else target.at_most or 0.0


def sign_of(target: TargetAnswer) -> str:
    """Whether the amount is to be reached or not to be exceeded, as a sign."""
    return "\u2265" if target.at_most is None else "\u2264"


def asked_words(target: TargetAnswer) -> str:
    """ "at least 100 bn USD in 2018", "at most 80% of the last twelve months known (73.4 bn USD) in 2019"."""
    text = f"{'at least' if target.at_most is None else 'at most'} {mark_of(target):,.6g}"
    if target.unit == PERCENT:
        text += "% of the last twelve months known"
        text += "" if target.mark_usd_bn is None else f" ({amount(target.mark_usd_bn)} bn USD)"
    else:
        text += f" {unit_words(target.unit or '')}"
    text += f" {span_words(target.span or '')}"
    return text + (f" by {long_month(target.by)}" if target.by else "")


def target_words(target: TargetAnswer) -> str:
    """ "turnover of at least 100 bn USD in 2018"; several joined by "and" or "or", or the name that was given."""
    if target.name:
        return target.name
    if target.flow is not None:
        return f"{target.flow} of {asked_words(target)}"
    texts = [f"({target_words(part)})" if parts_of(part) else target_words(part) for part in parts_of(target)]
    return (" and " if target.all else " or ").join(texts)


def capitalised(text: str) -> str:
    """The text with a capital letter at its start."""
    return text[:1].upper() + text[1:]
