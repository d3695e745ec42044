"""What a sweep will live: every point checked, every scenario made once, and how many runs that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from simulator.ensemble.differences import differences, warnings
from simulator.ensemble.sides import FIGURES
from simulator.ensemble.tasks import Parcel
from simulator.ensemble.workers import Told
from simulator.errors import EnsembleError, Problem, ScenarioError
from simulator.metrics import Metric
from simulator.scenario import Scenario, variant
from simulator.scenario.words import did_you_mean, listed
from simulator.sweeps.design import KINDS, Design, default_kind, design, points_in
from simulator.sweeps.keys import Key, keys_of, shown_value

HEADLINE = (
    "peak_overdue_30_rate",
    "peak_overdue_90_rate",
    "default_rate",
    "cumulative_charge_off_rate",
    "net_loss",
    "profit",
)
SEEDS, SEEDS_OF_MANY = 4, 2  # where nobody says: of a grid or one key at a time; of points that fill the space
MOST_RUNS = 10_000
# About how long a run takes on one core: to begin, for each due day of each month, for each borrower and month.
RUN_SECONDS, DUE_DAY_SECONDS, BORROWER_SECONDS = 0.15, 0.0008, 110e-9
MOST_PROBLEMS = 5
EARLY = "In force in the warm-up too, so that the book already differs on the first day:"  # how that warning begins


@dataclass(frozen=True)
class Plan:
    """A sweep before it is lived: `scenarios` holds each scenario once, `place` says which one a point is."""

    scenario: Scenario
    design: Design
    seeds: tuple[int, ...]
    metrics: tuple[Metric, ...]
    parcels: tuple[Parcel, ...]
    place: tuple[int, ...]
    warnings: tuple[str, ...]

    @property
    def runs(self) -> int:
        """How many runs; points that are the same scenario share theirs."""
        return len(self.parcels) * len(self.seeds)

    def seconds(self, workers: int) -> float:
        """About how long that takes on a machine like the one it was measured on."""
        return self.runs * seconds_of_run(self.scenario) / min(max(workers, 1), self.runs)


def seconds_of_run(scenario: Scenario) -> float:
    """About how long one run takes on one core."""
    book, months = scenario.book, scenario.book.warm_up + scenario.span.months
    return RUN_SECONDS + months * (len(book.due_days) * DUE_DAY_SECONDS + book.borrowers * BORROWER_SECONDS)


def plan(
    scenario: Scenario,
    vary: Sequence[str] | Mapping[str, Any] | Design,
    *,
    kind: str | None = None,
    points: int | None = None,
    seeds: int | None = None,
    metrics: Sequence[str] = (),
    most_runs: int = MOST_RUNS,
    option: str = "",
    progress: Told | None = None,
) -> Plan:
    """Check what is asked for and make every scenario of it; nothing is lived yet.

    `vary` is what `keys_of` reads, or a design that is made already. Raises ScenarioError for keys and points that
    the scenario does not accept, EnsembleError for a metric that is not known and for more than `most_runs` runs.
    """
    chosen = metrics_of(metrics)
    if isinstance(vary, Design):
        made = vary
        count = _seeds(seeds, made.kind)
    else:
        keys = keys_of(scenario, vary, option)
        if kind is not None and kind not in KINDS:
            raise EnsembleError(f"there is no design {kind!r}{did_you_mean(kind, KINDS)} There are: {listed(KINDS)}")
        kind = kind or default_kind(keys)
        count = _seeds(seeds, kind)
        _must_not_be_too_many(scenario, points_in(kind, keys, points), count, most_runs)
        made = design(keys, kind, points, scenario.seed)
    _must_not_be_too_many(scenario, len(made.points), count, most_runs)
    parcels, place = _scenarios(scenario, made, progress)
    used = tuple(range(scenario.seed, scenario.seed + count))
    return Plan(scenario, made, used, chosen, parcels, place, _warnings(scenario, made.keys))


def metrics_of(names: Sequence[str]) -> tuple[Metric, ...]:
    """The figures of these names, or the headline ones; raises EnsembleError with what was probably meant."""
    known = {metric.name: metric for metric in FIGURES}
    wrong = [
        f"{name!r} is not a metric{did_you_mean(name, known)} There are: {listed(sorted(known), 60)}"
        for name in names
        if name not in known
    ]
    if wrong:
        raise EnsembleError("\n".join(wrong))
    return tuple(known[name] for name in dict.fromkeys(names or HEADLINE))


def _seeds(asked: int | None, kind: str) -> int:
    if asked is not None and asked < 1:
        raise EnsembleError(f"{asked} seeds: at least 1 is wanted, 2 for errors")
    return asked or (SEEDS if kind in ("grid", "one-at-a-time") else SEEDS_OF_MANY)


def _must_not_be_too_many(scenario: Scenario, points: int, seeds: int, most: int) -> None:
    """EnsembleError with the number of runs and about how long they take, before any of it is made."""
    if points * seeds <= most:
        return
    each = seconds_of_run(scenario)
    raise EnsembleError(
        f"{points:,} points x {seeds} seed{'s' if seeds > 1 else ''} are {points * seeds:,} runs, "
        f"about {duration(points * seeds * each)} on one core; at most {most:,} are lived unasked: take fewer values, "
        f"points or seeds, or allow them with --most-runs {points * seeds}"
    )


def duration(seconds: float) -> str:
    """So many seconds for a reader: 40 seconds, 12 minutes, 5 hours, 3 days."""
    for size, name, most in ((1, "second", 90), (60, "minute", 90), (3600, "hour", 48)):
        if seconds < most * size:
            number = max(round(seconds / size), 1)
            return f"{number} {name}{'s' if number != 1 else ''}"
    return f"{seconds / 86400:,.0f} days"


def _scenarios(scenario: Scenario, made: Design, told: Told | None) -> tuple[tuple[Parcel, ...], tuple[int, ...]]:
    """The scenario of every point, each once, and which one each point is."""
    tell = told or (lambda what, done, total: None)
    found: dict[str, int] = {}
    parcels: list[Parcel] = []
    place: list[int] = []
    problems: list[Problem] = []
    for number, point in enumerate(made.points):
        tell("checking the points", number, len(made.points))
        try:
            parcel = Parcel.of(variant(scenario, point) if point else scenario)
        except ScenarioError as error:
            where = f"point {number} ({told_point(point)})"
            problems += [Problem(where, each.key, each.message) for each in error.problems]
            if len(problems) >= MOST_PROBLEMS:
                break
            continue
        if parcel.fingerprint not in found:
            found[parcel.fingerprint] = len(parcels)
            parcels.append(parcel)
        place.append(found[parcel.fingerprint])
    if problems:
        raise ScenarioError.of(problems)
    return tuple(parcels), tuple(place)


def told_point(point: Mapping[str, Any]) -> str:
    """A point in words: `lender.products.card.rate 0.2, world.shocks.illness off`."""
    return ", ".join(f"{path} {shown_value(value)}" for path, value in point.items()) or "the scenario as it stands"


def _warnings(scenario: Scenario, keys: Sequence[Key]) -> tuple[str, ...]:
    """What breaks the pairing of luck or is in force in the warm-up too, told once for each key."""
    told: list[str] = []
    for key in keys:
        for end in (0.0, 1.0):
            try:
                other = variant(scenario, {key.path: key.at(end)})
            except ScenarioError:  # right only together with other keys
                continue
            told += warnings(scenario, other, differences(scenario, other))
    early = dict.fromkeys(words.removeprefix(EARLY).strip(" .") for words in told if words.startswith(EARLY))
    found = list(dict.fromkeys(words for words in told if not words.startswith(EARLY)))
    return (*found, f"{EARLY} {', '.join(early)}.") if early else tuple(found)
