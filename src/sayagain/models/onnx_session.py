"""The onnxruntime session of a network."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from sayagain.errors import CorruptModel
from sayagain.models.onnx_runtime import load_onnxruntime

__all__ = ["Array", "OnnxSession"]

Array = npt.NDArray[Any]

_TYPES: dict[str, type[np.generic]] = {
    "tensor(float)": np.float32,
    "tensor(int64)": np.int64,
    "tensor(bool)": np.bool_,
}


class OnnxSession:
    """A network in onnxruntime; any number of threads may share it. The first run loads it.

    Args:
        graph: the ONNX file.
        threads: most threads of one run.
    """

    def __init__(self, graph: Path, *, threads: int = 1) -> None:
        self.graph = graph
        self.threads = threads
        self._runtime = load_onnxruntime()
        self._lock = threading.Lock()
        self._session: Any = None
        self._types: dict[str, type[np.generic]] = {}

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Compute all outputs, by name.

        Inputs that the network does not have are ignored; arrays are cast to the types that it takes.

        Raises:
            CorruptModel: the file is no network.
        """
        with self._lock:
            if self._session is None:
                self._session = self._load()
                self._types = {graph_input.name: _TYPES[graph_input.type] for graph_input in self._session.get_inputs()}
        arrays = {name: np.asarray(inputs[name], dtype) for name, dtype in self._types.items()}
        names = [graph_output.name for graph_output in self._session.get_outputs()]
        return dict(zip(names, self._session.run(names, arrays), strict=True))

    def _load(self) -> Any:  # noqa: ANN401  (onnxruntime has no types)
        options = self._runtime.SessionOptions()
        options.intra_op_num_threads = self.threads
        options.inter_op_num_threads = 1
        # Spinning threads take the CPU from other processes.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.log_severity_level = 3
        try:
            return self._runtime.InferenceSession(str(self.graph), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # noqa: BLE001  (onnxruntime's own error classes share no base)
            reason = str(error).splitlines()[0]
            raise CorruptModel(f"{self.graph}: onnxruntime cannot load it ({reason})") from None
