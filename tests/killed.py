"""An ensemble killed again and again: `kill -9` at random moments, and the same command once more.

Every life of the command is a fork of this one process, which has lived it once undisturbed: ten kills take seconds.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path
from typing import Any

from simulator.cli.commands import loanbook
from simulator.kept import Store

LONGEST = 0.08  # seconds from a kept run to a kill: some runs long
ATTEMPTS = 40


def lives(words: list[str], folder: Path, out: Path, kills: int, runs: int, seed: int) -> dict[str, Any]:
    """Kill the command so often, each time a while after one more part of its runs is kept, then let it end.

    Gives how often it was killed, what was kept after each kill (names of files), and the last exit code.
    """
    chance, store = random.Random(seed), Store(folder)
    kept: list[list[str]] = []
    for _ in range(ATTEMPTS):
        if len(kept) == kills:
            break
        there = len(names(folder))
        until = min(there + max(runs // (kills + 1), 1), runs) if len(kept) < kills - 1 else runs
        child = begun(words)
        while len(names(folder)) < until and not ended(child):
            time.sleep(0.004)
        time.sleep(chance.uniform(0.0, LONGEST))
        os.kill(child, signal.SIGKILL)
        if os.WIFSIGNALED(os.waitpid(child, 0)[1]) and not out.exists():
            kept.append(names(folder))
        else:  # the answer stood before the signal came: part of it goes, and once more
            shutil.rmtree(out)
            for entry in list(store.entries("runs"))[::2]:
                store.remove("runs", entry.key)
            kept = [[name for name in before if name in names(folder)] for before in kept]
    return {"kept": kept, "code": os.waitstatus_to_exitcode(os.waitpid(begun(words), 0)[1])}


def begun(words: list[str]) -> int:
    """The command in a process of its own."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        code = code_of(words)
    finally:
        os._exit(code)


def code_of(words: list[str]) -> int:
    """The command here and now; its exit code."""
    try:
        loanbook(words, prog_name="loanbook")
    except SystemExit as left:
        return int(left.code or 0)
    return 0


def ended(child: int) -> bool:
    """Whether it has ended by itself; it is left to be waited for."""
    return os.waitid(os.P_PID, child, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def names(folder: Path) -> list[str]:
    """The files of the kept runs: each says what it holds, and no two lives of a run are of the same length."""
    return sorted(path.name for path in folder.glob("runs/??/*.*"))


def main() -> None:
    """What is to be lived comes as JSON; what came of it goes out as JSON."""
    asked = json.loads(sys.argv[1])
    words, folder, out = asked["words"], Path(asked["folder"]), Path(asked["out"])
    code = code_of([*words, "--kept", str(folder / "once"), "--out", str(out / "once")])
    often = [*words, "--kept", str(folder / "often"), "--out", str(out / "often")]
    told = lives(often, folder / "often", out / "often", asked["kills"], asked["runs"], asked["seed"])
    print(json.dumps({**told, "codes": [code, told["code"]]}))


if __name__ == "__main__":
    main()
