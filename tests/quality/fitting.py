"""A logistic regression by Newton's method, small enough to read: what ``shop/quality/profile.py`` was fitted with.

The file is read, never kept: its licence says nothing of passing it on. Folds are dealt by the row's number.
"""

import csv
from collections.abc import Sequence
from math import exp
from pathlib import Path

RIDGE = 1.0
"""Pulls weights towards 0, but not the constant: a sign that separates everything must not grow without end."""
STEPS = 25

Row = tuple[tuple[float, ...], bool]


def read_labelled(path: Path) -> list[Row]:
    """Return the signs of each account that Vitrine knows too (no picture, digits, no bio), and whether it is fake."""
    with path.open(encoding="utf-8") as file:
        return [
            (
                (
                    float(row["profile pic"] == "0"),
                    float(row["nums/length username"]),
                    float(row["description length"] == "0"),
                ),
                row["fake"] == "1",
            )
            for row in csv.DictReader(file)
        ]


def fit(rows: Sequence[Row]) -> list[float]:
    """Return the constant and the weight of each sign."""
    width = len(rows[0][0]) + 1
    weights = [0.0] * width
    for _ in range(STEPS):
        slope = [-RIDGE * weight if place else 0.0 for place, weight in enumerate(weights)]
        bend = [[RIDGE * (a == b) * (a > 0) for b in range(width)] for a in range(width)]
        for signs, is_fake in rows:
            x = (1.0, *signs)
            p = 1 / (1 + exp(-sum(weight * one for weight, one in zip(weights, x, strict=True))))
            for a in range(width):
                slope[a] += (is_fake - p) * x[a]
                for b in range(width):
                    bend[a][b] += p * (1 - p) * x[a] * x[b]
        weights = [weight + step for weight, step in zip(weights, solve(bend, slope), strict=True)]
    return weights


def solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Return x of ``matrix`` · x = ``right``, by Gauss and Jordan."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    for place in range(len(rows)):
        pivot = max(range(place, len(rows)), key=lambda row: abs(rows[row][place]))
        rows[place], rows[pivot] = rows[pivot], rows[place]
        rows[place] = [value / rows[place][place] for value in rows[place]]
        for other in range(len(rows)):
            if other != place:
                factor = rows[other][place]
                rows[other] = [a - factor * b for a, b in zip(rows[other], rows[place], strict=True)]
    return [row[-1] for row in rows]


def area(scored: Sequence[tuple[float, bool]]) -> float:
    """Return the area under the ROC curve: how often a fake account is above a real one, ties counted half."""
    fakes = [score for score, is_fake in scored if is_fake]
    reals = [score for score, is_fake in scored if not is_fake]
    above = sum((fake > real) + (fake == real) / 2 for fake in fakes for real in reals)
    return above / (len(fakes) * len(reals))
