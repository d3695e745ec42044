"""Fit to history, hold-out and back-test."""

from simulator.calibration.backtest import Backtest, backtest
from simulator.calibration.fit import Calibration, calibrate
from simulator.calibration.series import measured

__all__ = ["Backtest", "Calibration", "backtest", "calibrate", "measured"]
