"""Quantization: matrices stored in 8 bits by channel, a quarter of the size; computation stays in 32 bits.

Quantizing activations too (onnxruntime's `quantize_dynamic`) runs about twice as fast, but lowers the cosine of
MiniLM's embeddings of household requests to as little as .96, and makes a result depend on the rest of its batch; both
are measured by scripts/measure_models.py. So only the stored weights are quantized.
"""

from typing import Any

import numpy as np

from sayagain.extras import require

__all__ = ["round_weights"]

# Least size of a quantized matrix; for smaller ones the extra nodes cost more than they save.
_SMALLEST = 1024


def round_weights(model: Any) -> None:  # noqa: ANN401  (onnx has no types that are checked everywhere)
    """Quantize the large matrices of an ONNX model, in place.

    Each matrix is replaced by its 8-bit values, one factor per row of an embedding or per output of a layer, and two
    nodes that multiply them; onnxruntime folds these nodes when it loads the model.
    """
    onnx = require("onnx", "train")
    readers: dict[str, Any] = {}
    for node in model.graph.node:
        for name in node.input:
            readers.setdefault(name, node)
    dequantizers: list[Any] = []
    for matrix in list(model.graph.initializer):
        values = onnx.numpy_helper.to_array(matrix)
        reader = readers.get(matrix.name)
        if values.dtype != np.float32 or values.ndim != 2 or values.size < _SMALLEST or reader is None:
            continue
        factor = np.abs(values).max(_factor_axis(onnx, reader), keepdims=True) / 127
        factor = np.where(factor > 0, factor, 1).astype(np.float32)
        rounded = np.rint(values / factor).astype(np.int8)
        quantized_name, factor_name, cast_name = (f"{matrix.name}.{part}" for part in ("stored", "factor", "wide"))
        model.graph.initializer.extend(
            [onnx.numpy_helper.from_array(rounded, quantized_name), onnx.numpy_helper.from_array(factor, factor_name)]
        )
        dequantizers.append(onnx.helper.make_node("Cast", [quantized_name], [cast_name], to=onnx.TensorProto.FLOAT))
        dequantizers.append(onnx.helper.make_node("Mul", [cast_name, factor_name], [matrix.name]))
        model.graph.initializer.remove(matrix)
    nodes = [*dequantizers, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def _factor_axis(onnx: Any, reader: Any) -> int:  # noqa: ANN401  (the same)
    """Return the axis along which values share a factor: the summed axis, or the width of an embedding."""
    if reader.op_type == "Gather":
        return 1
    if reader.op_type == "Gemm":
        transposed = any(
            attribute.name == "transB" and onnx.helper.get_attribute_value(attribute) for attribute in reader.attribute
        )
        return 1 if transposed else 0
    return 0
