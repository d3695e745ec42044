"""A believable book from a recipe: `draw(Recipe.read("us"), ids, draws) -> People`."""

from __future__ import annotations

from simulator.population.copula import LATENTS
from simulator.population.draw import draw
from simulator.population.people import COLUMNS, People
from simulator.population.presets import CORRELATIONS, PRESETS
from simulator.population.recipe import AnyRecipe, Recipe

__all__ = ["COLUMNS", "CORRELATIONS", "LATENTS", "PRESETS", "AnyRecipe", "People", "Recipe", "draw"]
