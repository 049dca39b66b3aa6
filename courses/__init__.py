"""Stepwise: interactive courses on Jupyter. This package is the trusted side of the platform."""

__version__ = "0.1.0"
