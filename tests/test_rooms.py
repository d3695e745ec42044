"""The house keeps its shape: arrows point down, simpy in one file, chance by one door, files of a readable size."""

from __future__ import annotations

import ast
import importlib
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent / "simulator"

# From top to bottom; a room may import from rooms below it. The economy, the tape and the population stand under the
# galleries, since galleries read their plain data: shocks the terms of the labour market (Labour), products and
# policies the people who apply (People). None of these three knows a gallery.
ROOMS = (
    *("cli", "report", "allowance", "expectations", "reverse", "calibration", "loans", "sweeps", "ensemble", "metrics"),
    *("counterfactual", "trace", "run", "warmed", "state", "setting", "result", "causes", "provenance"),
    *("from_tape", "engine", "lending", "understanding", "panel"),
    *("scenario", "reserves", "policies", "behaviour", "products", "shocks", "economy", "tape", "population"),
    *(
        "book",
        "habits",
        "ledger",
        "opacity",
        "bureau",
        "target",
        "cycle",
        "block",
        "arrears",
        "desk",
        "trust",
        "reach",
        "costs",
        "params",
        "facts",
    ),
    *("kept", "capital", "clock", "draws", "kernels", "columns", "money", "shard", "errors"),
)
GALLERIES = {"reserves", "policies", "behaviour", "products", "shocks"}
SIDEWAYS: set[tuple[str, str]] = set()  # (from, to) between galleries, each with its reason; none is needed

CHANCE = {"random", "secrets", "uuid", "numpy.random", "scipy.stats", "np.random", "os.urandom"}
OF_DESIGNS = {"qmc", "sobol_indices", "rankdata"}  # of scipy.stats, for sweeps: no chance but that of a number given
INVERSE_NORMAL = {"draws", "shocks", "population", "capital"}  # from uniform to normal numbers; no chance of its own
BANNED_IN_NAMES = ("manager", "helper", "util")


def files() -> list[Path]:
    return sorted(ROOT.rglob("*.py"))


def room(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


@cache
def parsed(path: Path) -> ast.Module:
    """A file of the house as Python reads it."""
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def imports(path: Path) -> list[str]:
    """Every module a file imports, under TYPE_CHECKING and in functions too; names from a package with its name."""
    found: list[str] = []
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            found += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; write the room's name"
            found += [f"{node.module}.{alias.name}" for alias in node.names]
    return found


@cache
def dotted(path: Path) -> list[str]:
    """Every attribute chain in a file, as np.random.default_rng."""
    tree = parsed(path)
    return [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)]


def rooms_imported(path: Path) -> set[str]:
    return {name.split(".")[1] for name in imports(path) if name.startswith("simulator.")}


def where(path: Path) -> str:
    return str(path.relative_to(ROOT.parent))


def by_room() -> dict[str, list[Path]]:
    """The files of every room."""
    found: dict[str, list[Path]] = {}
    for path in files():
        found.setdefault(room(path), []).append(path)
    return found


@pytest.mark.parametrize("own", list(by_room().values()), ids=list(by_room()))
def test_arrows_point_down(own: list[Path]) -> None:
    for path in own:
        looks_down(path)


def looks_down(path: Path) -> None:
    here = room(path)
    if here == "__init__" or here == "__main__":
        return  # the front door may see every room; nobody may import it
    assert here in ROOMS, f"{where(path)}: this room has no place in the order"
    for there in rooms_imported(path):
        assert there in ROOMS, f"{where(path)} imports simulator.{there}, a room without a place in the order"
        assert ROOMS.index(there) >= ROOMS.index(here), f"{where(path)} reaches up to {there}"
        if here != there and {here, there} <= GALLERIES:
            assert (here, there) in SIDEWAYS, f"{where(path)} looks sideways at {there}"


def test_nobody_imports_the_front_door() -> None:
    for path in files():
        assert "simulator" not in imports(path), f"{where(path)} imports the whole house"


def test_only_the_engine_keeps_time() -> None:
    users = {room(path) for path in files() if any(name.split(".")[0] == "simpy" for name in imports(path))}
    assert users == {"engine"}


@pytest.mark.parametrize("own", list(by_room().values()), ids=list(by_room()))
def test_chance_enters_through_one_door(own: list[Path]) -> None:
    for path in own:
        draws_by_the_door(path)


def draws_by_the_door(path: Path) -> None:
    for name in imports(path) + dotted(path):
        if room(path) == "sweeps" and name in {f"scipy.stats.{allowed}" for allowed in OF_DESIGNS}:
            continue
        assert not any(name == bad or name.startswith(f"{bad}.") for bad in CHANCE), f"{where(path)}: {name}"
        if name.endswith(".ndtri"):
            assert room(path) in INVERSE_NORMAL, f"{where(path)}: normal numbers come from draws"


def test_only_the_ledger_moves_money() -> None:
    """Outside the ledger nothing adds to or takes from a balance; new rows are filled, empty ones are cleared."""
    for path in files():
        if room(path) in {"ledger", "block"}:
            continue
        for node in ast.walk(parsed(path)):
            if isinstance(node, ast.AugAssign):
                target = node.target.value if isinstance(node.target, ast.Subscript) else node.target
                moved = isinstance(target, ast.Attribute) and target.attr == "balance"
                assert not moved, f"{where(path)}:{node.lineno} moves a balance"


@pytest.mark.parametrize("own", list(by_room().values()), ids=list(by_room()))
def test_files_can_be_read_in_one_sitting(own: list[Path]) -> None:
    for path in own:
        can_be_read(path)


def can_be_read(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= 400, f"{where(path)} has {lines} lines"
    name = path.stem.lower()
    assert not any(word in name for word in BANNED_IN_NAMES), f"{where(path)}: say what it is"


def public(module: ModuleType) -> set[str]:
    return {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and not isinstance(value, ModuleType) and name != "annotations"
    }


@pytest.mark.parametrize("package", sorted({room(path) for path in files() if path.parent != ROOT}))
def test_each_room_says_what_it_offers(package: str) -> None:
    module = importlib.import_module(f"simulator.{package}")
    offered = getattr(module, "__all__", None)
    if offered is None:
        assert not public(module) - {"Annotated", "Field"}, f"simulator.{package} has no __all__"
        return
    assert len(set(offered)) == len(offered)
    for name in offered:
        assert hasattr(module, name), f"simulator.{package}.__all__ names {name}, which is not there"
    hidden = public(module) - set(offered) - {"Annotated", "Field"}
    assert not hidden, f"simulator.{package} holds {sorted(hidden)}, not in __all__"


def test_the_front_door_is_exact() -> None:
    door = importlib.import_module("simulator")
    text = (ROOT / "__init__.py").read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60
    if not text.strip():
        pytest.skip("the front door is not built yet")
    assert len(set(door.__all__)) == len(door.__all__)
    for name in door.__all__:
        assert getattr(door, name, None) is not None, name
    assert public(door) <= set(door.__all__), "everything public stands in __all__"
