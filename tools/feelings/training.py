"""Logistic regression with a ridge, by Newton's method (iteratively reweighted least squares)."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

RIDGE: Final = 0.3
STEPS: Final = 12
_LEAST: Final = 1e-6


def fit(
    rows: NDArray[np.float64], own: NDArray[np.bool_], worth: NDArray[np.float64], *, ridge: float = RIDGE
) -> NDArray[np.float64]:
    """Return weights for rows whose last column is 1: `own` says which are of the class, `worth` what each counts.

    The last weight, the bias, is not held small.
    """
    hold = np.eye(rows.shape[1]) * ridge
    hold[-1, -1] = _LEAST
    weights = np.zeros(rows.shape[1])
    for _ in range(STEPS):
        chances = 1.0 / (1.0 + np.exp(-(rows @ weights)))
        gradient = rows.T @ (worth * (chances - own)) + hold @ weights
        curve = worth * np.maximum(chances * (1.0 - chances), _LEAST)
        weights -= np.linalg.solve((rows * curve[:, None]).T @ rows + hold, gradient)
    return weights
