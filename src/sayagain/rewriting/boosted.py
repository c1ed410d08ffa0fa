"""A boosted model that scores a few rows at once without LightGBM's overhead for each call.

`Booster.predict` parses its settings and makes a predictor each time, which for the handful of candidates of one
request takes longer than the trees. LightGBM's C interface has a call for one row that does so once; the result is the
same.
Source: https://lightgbm.readthedocs.io/en/stable/C-API.html, `LGBM_BoosterPredictForMatSingleRowFast`.
"""

import ctypes

import lightgbm
import lightgbm.basic
import numpy as np
import numpy.typing as npt

__all__ = ["FEW", "Boosted"]

FEW = 16
"""Rows up to which one call a row is quicker than one call for all."""

Floats = npt.NDArray[np.float64]

# Calls through this keep the interpreter's lock: they take microseconds, and getting it back may take milliseconds.
_library = ctypes.PyDLL(lightgbm.basic._LIB._name)  # type: ignore[attr-defined]  # noqa: SLF001  (the same library that LightGBM has loaded)
_FLOAT64, _PROBABILITY = 1, 0


class Boosted:
    """A boosted model.

    Args:
        text: the model in LightGBM's format.

    Raises:
        lightgbm.basic.LightGBMError: it is none.
    """

    def __init__(self, text: str) -> None:
        self._model = lightgbm.Booster(model_str=text)
        self._columns: int = self._model.num_feature()
        self.names: tuple[str, ...] = tuple(self._model.feature_name())
        """The columns that it was trained on, by name; `Column_0` and so on where they were not named."""
        self._fast = ctypes.c_void_p()
        status = _library.LGBM_BoosterPredictForMatSingleRowFastInit(
            self._model._handle,  # noqa: SLF001  (its handle has no public name)
            ctypes.c_int(_PROBABILITY),
            ctypes.c_int(0),
            ctypes.c_int(-1),
            ctypes.c_int(_FLOAT64),
            ctypes.c_int32(self._columns),
            ctypes.c_char_p(b"num_threads=1"),
            ctypes.byref(self._fast),
        )
        if status != 0:
            raise lightgbm.basic.LightGBMError("LightGBM cannot prepare the model for prediction")

    def __del__(self) -> None:
        """Free the prediction handle."""
        if getattr(self, "_fast", None):
            _library.LGBM_FastConfigFree(self._fast)

    def probabilities(self, rows: Floats) -> Floats:
        """Return the model's probability for each row.

        Args:
            rows: shape (rows, columns of the model).
        """
        if not 0 < len(rows) <= FEW or rows.shape[1] != self._columns:
            predicted: Floats = np.asarray(self._model.predict(rows, num_threads=1), np.float64)
            return predicted
        rows = np.ascontiguousarray(rows, np.float64)
        out = np.empty(len(rows))
        length, start, end, step = ctypes.c_int64(), rows.ctypes.data, out.ctypes.data, rows.strides[0]
        call, length_pointer = _library.LGBM_BoosterPredictForMatSingleRowFast, ctypes.byref(length)
        for k in range(len(rows)):
            if call(self._fast, ctypes.c_void_p(start + k * step), length_pointer, ctypes.c_void_p(end + 8 * k)) != 0:
                raise lightgbm.basic.LightGBMError("LightGBM cannot predict with the model")
        return out
