"""Products: what is owed and when. A new one is a file here and a line in this register."""

from typing import Annotated

from pydantic import Field

from simulator.products.base import Opening, Product, Recoveries
from simulator.products.card import Card
from simulator.products.instalment import Instalment, instalment_of

PRODUCTS: tuple[type[Product], ...] = (Instalment, Card)
AnyProduct = Annotated[Instalment | Card, Field(discriminator="kind")]

__all__ = [
    "PRODUCTS",
    "AnyProduct",
    "Card",
    "Instalment",
    "Opening",
    "Product",
    "Recoveries",
    "instalment_of",
]
