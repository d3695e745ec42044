"""From a tape to the book a run begins with."""

from simulator.from_tape.begin import begin_from_tape, check_tape

__all__ = ["begin_from_tape", "check_tape"]
