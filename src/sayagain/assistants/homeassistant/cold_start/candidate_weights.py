"""The weights of `weighing`; written by scripts/fit_homeassistant.py."""

__all__ = ["NONE", "NONE_WITH_MEANING", "WEIGHTS", "WEIGHTS_WITH_MEANING"]

WEIGHTS = (3.157, -1.320, 1.463, 3.953, 5.798, -2.457, -1.029, -0.542, -5.883, 1.596, -0.508)
"""One for each of the signs, without those of meaning."""

NONE = 4.406
"""What it takes to believe that none was meant."""

WEIGHTS_WITH_MEANING = (
    2.722,
    -1.550,
    2.481,
    1.515,
    6.624,
    -0.788,
    -0.959,
    -0.793,
    -6.773,
    1.371,
    -0.362,
    9.408,
    -1.200,
)
"""The same with those of meaning."""

NONE_WITH_MEANING = 8.482
"""The same."""
