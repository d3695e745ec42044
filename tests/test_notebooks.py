"""The notebooks run from top to bottom as they are, and are kept without what a run puts into them."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")
pytest.importorskip("ipykernel")

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
KERNEL = ROOT / "notebooks" / "first_flight.ipynb"  # the one that goes through a kernel of its own

# what the notebook's own machinery warns about is not for us to mend
pytestmark = pytest.mark.filterwarnings("ignore")


def test_there_are_notebooks() -> None:
    assert "first_flight.ipynb" in [path.name for path in NOTEBOOKS]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_without_its_outputs(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            assert cell.outputs == []
            assert cell.execution_count is None


@pytest.mark.parametrize("path", [path for path in NOTEBOOKS if path != KERNEL], ids=lambda path: path.stem)
def test_the_cells_of_a_notebook_run(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process, which has the libraries loaded already; KERNEL goes through a kernel, below."""
    monkeypatch.setenv("LOANBOOK_QUICK", "1")
    monkeypatch.chdir(ROOT)
    matplotlib.use("Agg")
    pictures: list[int] = []
    monkeypatch.setattr(plt, "show", lambda: pictures.extend(plt.get_fignums()) or plt.close("all"))
    names: dict[str, object] = {"__name__": "notebook"}
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            exec(compile(cell.source, path.name, "exec"), names)
    assert len(pictures) >= 2


@pytest.mark.parametrize("path", [KERNEL], ids=lambda path: path.stem)
def test_a_notebook_runs(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOANBOOK_QUICK", "1")
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(ROOT)}}).execute()
    shown = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert sum("image/png" in output.get("data", {}) for output in shown) >= 2
    assert not [output for output in shown if output.output_type == "error" or output.get("name") == "stderr"]
