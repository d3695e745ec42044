"""The page, the workbook and the pictures of a run, and the directory they are written to.

Importing this room is cheap: pandas, matplotlib and the rest are imported when something is written.
"""

from simulator.report.write import FILES, check_out, summary, write_run
from simulator.report.write_backtest import write_backtest
from simulator.report.write_compared import write_comparison
from simulator.report.write_ensemble import write_ensemble
from simulator.report.write_fit import begin_fit, write_fit
from simulator.report.write_reserve import write_reserve
from simulator.report.write_reversed import write_reversed
from simulator.report.write_swept import write_sweep
from simulator.report.write_trace import write_trace

__all__ = [
    "FILES",
    "begin_fit",
    "check_out",
    "summary",
    "write_backtest",
    "write_comparison",
    "write_ensemble",
    "write_fit",
    "write_reserve",
    "write_reversed",
    "write_run",
    "write_sweep",
    "write_trace",
]
