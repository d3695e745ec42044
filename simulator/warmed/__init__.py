"""Warmed-up books: lived once for each recipe, baseline world, lender and seed, kept, shared by all who start there."""

from simulator.warmed.books import KIND, LARGEST, MOST, find, keep
from simulator.warmed.key import book_key, warm_up_of

__all__ = ["KIND", "LARGEST", "MOST", "book_key", "find", "keep", "warm_up_of"]
