"""The file of a release that holds what retrieval learnt; the same content gives the same bytes."""

import io
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from sayagain.releases.private_copy import FileContent
from sayagain.rewriting.retrieval import Learnt

__all__ = ["decode_learnt", "encode_learnt"]


def encode_learnt(learnt: Learnt) -> bytes:
    """Encode what was learnt.

    >>> from sayagain.rewriting.confusions import learn_confusions
    >>> from sayagain.rewriting.mishearings import Mishearings
    >>> costs = learn_confusions([("lamb", "lamp")])
    >>> learnt = Learnt(mishearings=Mishearings({"^ uh": "^ add"}), letters=costs, sounds=costs)
    >>> decode_learnt(encode_learnt(learnt)).mishearings.phrases
    {'^ uh': '^ add'}
    """
    return msgspec.msgpack.encode(learnt, enc_hook=_encode_array, order="sorted")


def decode_learnt(content: FileContent) -> Learnt:
    """Decode what `encode_learnt` made.

    Raises:
        ValueError: the content is damaged.
    """
    return msgspec.msgpack.decode(content, type=Learnt, dec_hook=_decode_array)


def _encode_array(array: Any) -> bytes:  # noqa: ANN401  (msgspec passes whatever it does not know)
    out = io.BytesIO()
    np.save(out, array, allow_pickle=False)
    return out.getvalue()


def _decode_array(_: type, content: Any) -> npt.NDArray[np.float32]:  # noqa: ANN401  (likewise)
    array: npt.NDArray[np.float32] = np.load(io.BytesIO(content), allow_pickle=False)
    return array
