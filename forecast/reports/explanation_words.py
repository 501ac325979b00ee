"""An Explanation in a paragraph that a planner would read; its numbers are those of the table, written alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from forecast.evaluation.explained import Explanation, News, Part
from forecast.months import Span, format_month
from forecast.reports.words import amount, count_of, long_month, percent, span_words, unit_words

_NAMED = 3  #: parts that a paragraph names
_SMALL = 0.0005  #: a change that is written as 0.0


def with_paragraph(explanation: Explanation) -> Explanation:
    """The same with its paragraph: two to four sentences."""
    said = [_opening(explanation), *_parts(explanation), _sum(explanation)]
    return replace(explanation, paragraph=" ".join(text for text in said if text))


def signed_points(change: float) -> str:
    """A change of a probability in percentage points: "+8.1pp", "-52.0pp", "0.0pp"."""
    return f"{100.0 * change:+.1f}pp" if abs(change) >= _SMALL else "0.0pp"


def signed_amount(change: float | None) -> str:
    """A change of an amount: "+11.3", "-0.05", "0.00"; a dash where there is none."""
    if change is None:
        return "-"
    return f"{change:+,.1f}" if abs(change) >= 9.95 else f"{change:+,.2f}" if abs(change) >= 0.005 else "0.00"


def when_words(span: Span) -> str:
    """ "in March 2018", "in 2018", "over 2018-01/2018-09"."""
    return f"in {long_month(format_month(span.start))}" if span.length == 1 else span_words(str(span))


def news_words(news: News) -> str:
    """ "exports in March 2018 came to 2.84 bn USD where 3.91 was expected"."""
    if news.sd == 0.0 and news.expected is not None:
        digits = 3 if amount(news.came) == amount(news.expected) else None
        came, printed = amount(news.came, digits), amount(news.expected, digits)
        return f"{news.figure} was revised from {printed} to {came} {unit_words(news.unit)}"
    text = f"{news.figure} came to {amount(news.came)} {unit_words(news.unit)}"
    return text if news.expected is None else f"{text} where {amount(news.expected)} was expected"


def _opening(explanation: Explanation) -> str:
    before, after = explanation.before, explanation.after
    first, last = percent(before.amounts.probability), percent(after.amounts.probability)
    what, change = f"the chance of {explanation.target_words}", explanation.total.effect.probability
    still = abs(change) <= 2.0 * explanation.total.error.probability
    match explanation.kind:
        case "scenarios":
            verb = "hardly moves:" if still else "rises to" if change > 0.0 else "falls to"
            tail = f"as known on {explanation.as_of} and by {count_of(explanation.reporter)}"
            return f"Under {after.name} {what} {verb} {last}, from {first} under {before.name}, {tail}."
        case "knowledge":
            verb = "hardly moved:" if still else "rose" if change > 0.0 else "fell"
            by = count_of(explanation.reporter)
            return f"Between {before.name} and {after.name} {what}, by {by}, {verb} from {first} to {last}."
        case _:
            verb = "is much the same" if still else "is higher" if change > 0.0 else "is lower"
            known = f"as known on {explanation.as_of}"
            return (
                f"By {count_of(after.name)} {what} {verb}: {last}, against {first} by {count_of(before.name)}, {known}."
            )


def _parts(explanation: Explanation) -> list[str]:
    parts = sorted(explanation.parts, key=lambda part: -abs(part.effect.probability))
    if not parts or (explanation.total.error.probability == 0.0 and not any(p.effect.probability for p in parts)):
        return ["Nothing that moves it differs between the two."]
    return _releases(explanation, parts[0]) if explanation.kind == "knowledge" else _largest(explanation, parts)


def _releases(explanation: Explanation, top: Part) -> list[str]:
    """What each kind of part did in all, and the release that did most, with the figure that told most."""
    said = [f"{part.name} ({signed_points(part.effect.probability)})" for part in explanation.subtotals]
    text = f"The change {'comes from' if len(said) == 1 else 'is made up of'} {_listed(said)}."
    most = f"The release that moved it most was the {top.name} ({signed_points(top.effect.probability)})"
    telling = [news for news in top.news if news.expected is not None]
    if telling:
        furthest = max(telling, key=_told)
        most += f", when {news_words(furthest)}"
    told = top.kind in ("figures", "drivers") and abs(top.effect.probability) > max(_SMALL, 2.0 * top.error.probability)
    return [text, f"{most}."] if told else [text]


def _told(news: News) -> float:
    """By how much a figure moved the mean; without a weight, by how much it was off."""
    return abs(news.effect if news.effect is not None else news.came - (news.expected or 0.0))


def _largest(explanation: Explanation, parts: Sequence[Part]) -> list[str]:
    """The largest parts with their sizes, and in words what the first of them is."""
    whole = signed_points(explanation.total.effect.probability)
    top = parts[0]
    if len(parts) == 1:
        return [f"All of the {whole} comes from {_name(explanation, top)}: {_lower(top.words)}."]
    named = parts[:_NAMED]
    said = [f"{signed_points(part.effect.probability)} from {_name(explanation, part)}" for part in named]
    text = f"Of the {whole}, {_listed([said[0].replace(' from ', ' comes from ', 1), *said[1:]])}"
    if len(parts) > _NAMED:
        count = len(parts) - _NAMED
        text += f"; {'one part more is' if count == 1 else f'{count} parts more are'} smaller"
    return [f"{text}.", f"{_upper(_name(explanation, top))}: {_lower(top.words)}."]


def _name(explanation: Explanation, part: Part) -> str:
    return part.name if part.name.startswith("the ") or part.name.startswith("what ") else f"the {part.name}"


def _sum(explanation: Explanation) -> str:
    before, after = explanation.before.amounts, explanation.after.amounts
    if before.mean is None or after.mean is None:
        return ""
    verb = {"knowledge": "went", "scenarios": "goes", "reporters": "goes"}[explanation.kind]
    return f"The mean of {explanation.summed} {verb} from {amount(before.mean)} to {amount(after.mean)} bn USD."


def _listed(texts: Sequence[str]) -> str:
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(text: str) -> str:
    """The text with a small letter at its start, unless it begins with a name."""
    return text if text.startswith(("Brent", "China", "Russia")) or text[1:2].isupper() else text[:1].lower() + text[1:]
