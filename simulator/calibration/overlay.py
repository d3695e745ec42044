"""The fitted scenario: a file that extends the one that was fitted, sets the values, and says how sure they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulator.calibration.fit import Calibration
from simulator.calibration.parameters import own_key
from simulator.errors import ScenarioError
from simulator.scenario import Estimate, Fit, variant
from simulator.scenario.merge import is_table
from simulator.scenario.options import set_value
from simulator.scenario.tree import Branch, Mark, plain
from simulator.scenario.values import node_of, written
from simulator.scenario.written import on_one_line

DIGITS = 5  # significant digits of errors and intervals
LEAST_CORRELATION = 0.005  # smaller ones are left out, which means nought


def fit_section(found: Calibration) -> Fit:
    """What the fitted scenario carries of its calibration."""
    first, last = found.window
    each = {
        one.parameter.path: Estimate(
            value=one.value,
            standard_error=_short(one.standard_error),
            low=min(_short(one.low), one.value),
            high=max(_short(one.high), one.value),
            prior_low=one.parameter.prior_low,
            prior_high=one.parameter.prior_high,
            source=one.parameter.source,
            set_by=one.set_by,
        )
        for one in found.estimates.each
    }
    names = list(each)
    correlations = {
        f"{names[here]} / {names[there]}": round(float(found.estimates.correlations[here, there]), 3)
        for here in range(len(names))
        for there in range(here + 1, len(names))
        if abs(found.estimates.correlations[here, there]) >= LEAST_CORRELATION
    }
    errors = {
        block.measure: score.model_error
        for block, score in zip(found.blocks, found.scores.values(), strict=True)
        if score.model_error is not None
    }
    return Fit.model_validate(
        {
            "targets": found.file.name,
            "from": first,
            "to": last,
            "model_error": errors,
            "parameters": each,
            "correlations": correlations,
        }
    )


def overlay(found: Calibration, extends: str, sets: Sequence[str] = ()) -> str:
    """The text of the fitted scenario; `sets` are the values that were laid over the scenario to be fitted."""
    root = Branch(Mark("--set"))
    problems = [problem for text in sets for problem in set_value(root, text)]
    if problems:
        raise ScenarioError.of(problems)
    body: dict[str, Any] = plain(root)
    comments: dict[tuple[str, ...], str] = {}
    resolved = variant(found.scenario, found.values).resolved()
    section = fit_section(found)
    for path, estimate in section.parameters.items():
        place = _put_over(body, resolved, path.split("."))
        told = (
            f"{estimate.low:.4g} to {estimate.high:.4g} (90%), prior {estimate.prior_low:g} to {estimate.prior_high:g},"
            f" set by the {estimate.set_by}"
        )
        comments[place] = f"{comments[place]}; {told}" if place in comments else told
    body["fit"] = written(section)
    lines = [*_heading(found, section), f"extends: {on_one_line(extends)}", *_lines(body, (), comments)]
    return "\n".join(lines) + "\n"


def _heading(found: Calibration, section: Fit) -> Iterator[str]:
    yield (
        f"# {found.scenario.name or 'A scenario'} fitted to {section.targets}, {section.first:%Y-%m} to "
        f"{section.last:%Y-%m}, by loanbook calibrate"
    )
    for line in found.file.body.stands_for.splitlines():
        yield f"# {line.strip()}"


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


def _put_over(body: dict[str, Any], resolved: Any, keys: Sequence[str]) -> tuple[str, ...]:
    """Set what the fitted scenario holds at a path; a list or a table is set whole, since it replaces another."""
    for number, key in enumerate(keys):
        resolved = resolved[own_key(resolved, key)]
        whole = number == len(keys) - 1 or isinstance(resolved, list) or _table(resolved)
        if whole:
            body[key] = resolved
            return tuple(keys[: number + 1])
        body = body.setdefault(key, {})
    raise AssertionError("a path has at least one key")


def _table(node: Any) -> bool:
    branch = node_of(node, Mark(""), "", 1, []) if isinstance(node, Mapping) else None
    return isinstance(branch, Branch) and is_table(branch)


def _lines(body: Mapping[Any, Any], path: tuple[str, ...], comments: Mapping[tuple[str, ...], str]) -> Iterator[str]:
    """The lines of a map: its keys in order, values on one line with their comment."""
    for key, value in body.items():
        here = (*path, str(key))
        indent = "  " * len(path)
        flat = here in comments or (here[:1] == ("fit",) and len(here) > 2)
        if isinstance(value, Mapping) and value and not flat and not _table(value):
            yield f"{indent}{on_one_line(key)}:"
            yield from _lines(value, here, comments)
        else:
            comment = f"  # {comments[here]}" if here in comments else ""
            yield f"{indent}{on_one_line(key)}: {on_one_line(value)}{comment}"
