"""What the model can and what it cannot, measured."""
