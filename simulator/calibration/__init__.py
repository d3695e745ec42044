"""Fit to history, hold-out and back-test: not furnished yet."""
