"""Speeds, as ratios to bare Flask of the same run: ``python -m tools.bench``."""
