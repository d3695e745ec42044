"""LendingClub: the scorecard fitted through the engine, and the model judged on vintages that it was not fitted on."""
