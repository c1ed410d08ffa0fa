"""Quantization: matrices stored in 8 bits by channel, a quarter of the size; computation stays in 32 bits.

Rounding what flows between layers too (onnxruntime's `quantize_dynamic`) runs about twice as fast, but turns MiniLM's
vectors of household requests to a cosine as low as .96, and makes a result depend on what else is in its batch; both
are measured by scripts/measure_models.py. So only what is stored is rounded.
"""

from typing import Any

import numpy as np

from sayagain.extras import require

__all__ = ["round_weights"]

# The extra nodes do not pay for smaller matrices.
_SMALLEST = 1024


def round_weights(model: Any) -> None:  # noqa: ANN401  (onnx has no types that are checked everywhere)
    """Quantize the large matrices of an ONNX model, in place.

    Each is replaced by its 8-bit numbers, one factor for each row of an embedding or each output of a layer, and two
    nodes that multiply them; onnxruntime folds these when it loads the model.
    """
    onnx = require("onnx", "train")
    readers: dict[str, Any] = {}
    for node in model.graph.node:
        for name in node.input:
            readers.setdefault(name, node)
    before: list[Any] = []
    for matrix in list(model.graph.initializer):
        values = onnx.numpy_helper.to_array(matrix)
        reader = readers.get(matrix.name)
        if values.dtype != np.float32 or values.ndim != 2 or values.size < _SMALLEST or reader is None:
            continue
        factor = np.abs(values).max(_summed(onnx, reader), keepdims=True) / 127
        factor = np.where(factor > 0, factor, 1).astype(np.float32)
        rounded = np.rint(values / factor).astype(np.int8)
        stored, scale, wide = (f"{matrix.name}.{part}" for part in ("stored", "factor", "wide"))
        model.graph.initializer.extend(
            [onnx.numpy_helper.from_array(rounded, stored), onnx.numpy_helper.from_array(factor, scale)]
        )
        before.append(onnx.helper.make_node("Cast", [stored], [wide], to=onnx.TensorProto.FLOAT))
        before.append(onnx.helper.make_node("Mul", [wide, scale], [matrix.name]))
        model.graph.initializer.remove(matrix)
    nodes = [*before, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def _summed(onnx: Any, reader: Any) -> int:  # noqa: ANN401  (the same)
    """Return the axis that is summed over, or the width of an embedding; along it numbers share a factor."""
    if reader.op_type == "Gather":
        return 1
    if reader.op_type == "Gemm":
        turned = any(each.name == "transB" and onnx.helper.get_attribute_value(each) for each in reader.attribute)
        return 1 if turned else 0
    return 0
