"""`world.economy.history`: a folder of published series stands for the paths that are not given beside it."""

from __future__ import annotations

from pathlib import Path

from simulator.economy import from_folder
from simulator.errors import Problem
from simulator.scenario.tree import Branch, Leaf

PLACE = "world.economy.history"
REMEDY = "give its place under world.economy.history, or with --set world.economy.history=FOLDER"


def expand_history(root: Branch) -> list[Problem]:
    """Lay the paths of the folder under the economy, in place of its name; what is given beside it stays.

    Returns the problem of a folder that cannot be read; unemployment is then set to a number, so that nothing else is
    said to be missing.
    """
    world = root.entries.get("world")
    economy = world.entries.get("economy") if isinstance(world, Branch) else None
    held = economy.entries.get("history") if isinstance(economy, Branch) else None
    if not isinstance(economy, Branch) or not isinstance(held, Leaf) or not isinstance(held.value, str):
        return []
    mark = economy.keys.get("history", held.mark)
    economy.put("history", mark, Leaf(None, held.mark))
    try:
        paths = from_folder(Path(held.value))
    except ValueError as error:
        if "unemployment" not in economy.entries:
            economy.put("unemployment", mark, Leaf(5.0, held.mark))
        return [Problem(str(held.mark), PLACE, f"{error}; {REMEDY}")]
    for name, path in paths.items():
        if name not in economy.entries:
            economy.put(name, mark, Leaf(path, held.mark))
    return []
