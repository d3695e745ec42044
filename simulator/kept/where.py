"""Where things are kept when nobody says: a folder of the environment, or one in the working directory."""

from __future__ import annotations

import os

VARIABLE = "LOANBOOK_KEPT"
USUAL = ".loanbook"


def kept_folder(given: str | None = None) -> str:
    """The folder in which finished work is kept: the one given, else LOANBOOK_KEPT, else `.loanbook` here.

    An absolute path, so that it means the same to every worker.
    """
    return os.path.abspath(given or os.environ.get(VARIABLE) or USUAL)
