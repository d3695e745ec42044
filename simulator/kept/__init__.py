"""What was once worked out is kept and never worked out again: a folder in which everything lies under its content."""

from simulator.kept.store import Entry, Store, key_of
from simulator.kept.version import program_digest, version
from simulator.kept.where import VARIABLE, kept_folder

__all__ = ["VARIABLE", "Entry", "Store", "kept_folder", "key_of", "program_digest", "version"]
