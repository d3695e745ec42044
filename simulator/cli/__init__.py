"""The command `loanbook`. Only click is imported here; what a command needs it imports when it runs."""

from simulator.cli.commands import loanbook, main

__all__ = ["loanbook", "main"]
