"""Every evaluation is kept: a point and a seed are lived through once, also in a calibration stopped and resumed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt

from simulator.calibration.moments import Asked, Lived, lived
from simulator.calibration.parameters import Trials
from simulator.ensemble.tasks import Parcel, Task
from simulator.ensemble.workers import Crew
from simulator.kept import program_digest

Floats = npt.NDArray[np.float64]
Told = Callable[[str, int, int], None]
NAME = "evaluations.jsonl"


class SpentError(Exception):
    """The evaluations that were allowed are used up."""


class Evaluations:
    """What runs gave at points of the parameters, asked for in batches; each run is written down as it ends."""

    def __init__(
        self,
        trials: Trials,
        asked: Sequence[tuple[str, Asked]],
        seeds: Sequence[int],
        crew: Crew,
        budget: int,
        file: Path | None = None,
        told: Told | None = None,
    ) -> None:
        self.trials, self.asked, self.seeds, self.crew = trials, tuple(asked), tuple(seeds), crew
        self.budget, self.file = budget, file
        self.tell = told or (lambda what, done, total: None)
        self.what = "measuring the noise"
        self.extra = 0  # runs beyond those of the evaluations: more seeds at the start
        self.points: dict[str, Floats] = {}  # by fingerprint, in the order in which they were asked for
        self.made = self.reused = 0
        self.engine_seconds = 0.0
        self._question = hashlib.sha256((program_digest() + repr(self.asked)).encode()).hexdigest()
        self._kept: dict[str, Lived] = _read(file)
        self._done: set[str] = set()

    @property
    def spent(self) -> int:
        """Points evaluated, whether in this call or kept from an earlier one."""
        return len(self.points)

    def at(self, points: Sequence[Floats], seeds: Sequence[int] | None = None) -> list[Floats]:
        """What each point gives: shape (seeds, values). Raises SpentError before the allowed number is exceeded."""
        seeds = self.seeds if seeds is None else tuple(seeds)
        parcels = [Parcel.of(self.trials.scenario(point)) for point in points]
        fresh = {parcel.fingerprint: point for parcel, point in zip(parcels, points, strict=True)}
        new = [mark for mark in fresh if mark not in self.points]
        if len(self.points) + len(new) > self.budget:
            raise SpentError
        self.points.update((mark, fresh[mark]) for mark in new)
        self._live(parcels, seeds)
        return [
            np.array([self._kept[self._key(parcel.fingerprint, seed)].values for seed in seeds]) for parcel in parcels
        ]

    def _live(self, parcels: Sequence[Parcel], seeds: Sequence[int]) -> None:
        wanted: dict[str, Task] = {}
        for number, parcel in enumerate(parcels):
            for seed in seeds:
                key = self._key(parcel.fingerprint, seed)
                if key in self._kept:
                    self.reused += key not in self._done
                    self._done.add(key)
                else:
                    wanted.setdefault(key, Task(number, seed))
        names = {task: key for key, task in wanted.items()}
        self._progress()
        for task, found in self.crew.live(parcels, list(names), partial(lived, asked=self.asked)):
            self._keep(names[task], task.seed, parcels[task.scenario].fingerprint, found)
            self.made += 1
            self.engine_seconds += found.seconds
            self._progress()

    def _progress(self) -> None:
        total = self.budget * len(self.seeds) + self.extra
        self.tell(self.what, min(self.made + self.reused, total), total)

    def _key(self, fingerprint: str, seed: int) -> str:
        return hashlib.sha256(f"{self._question}:{fingerprint}:{seed}".encode()).hexdigest()[:32]

    def _keep(self, key: str, seed: int, fingerprint: str, found: Lived) -> None:
        self._kept[key] = found
        self._done.add(key)
        if self.file is None:
            return
        line = {
            "key": key,
            "fingerprint": fingerprint,
            "seed": seed,
            "parameters": self.trials.values(self.points[fingerprint]),
            "values": found.values,
            "seconds": round(found.seconds, 4),
        }
        with self.file.open("a", encoding="utf-8", newline="\n") as stream:
            stream.write(json.dumps(line) + "\n")


def _read(file: Path | None) -> dict[str, Lived]:
    """The evaluations of an earlier call; a line cut short when it was stopped is taken out of the file."""
    if file is None or not file.is_file():
        return {}
    kept: dict[str, Lived] = {}
    whole: list[str] = []
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    for line in lines:
        try:
            body = json.loads(line)
            kept[body["key"]] = Lived(tuple(map(float, body["values"])), float(body["seconds"]))
        except (ValueError, KeyError, TypeError):
            continue
        whole.append(line if line.endswith("\n") else line + "\n")
    if whole != lines:
        file.write_text("".join(whole), encoding="utf-8", newline="\n")
    return kept
