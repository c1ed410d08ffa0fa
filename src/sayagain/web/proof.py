"""The proof that a decision was made here: a keyed hash that rides along until the turn is stored."""

import hashlib
import hmac

import msgspec

from sayagain.teaching import TAUGHT_LAYERS
from sayagain.turns import AppliedRewrite, Turn

__all__ = ["prove", "with_proven_rewrite"]

_DIGEST_BYTES = 16


def prove(applied: AppliedRewrite, home: str, key: bytes) -> str:
    """Return the proof that a rewrite was at hand for a request of a home.

    It needs no record of decisions, so every worker that shares the database can check it, also after a restart. It
    covers the rewrite, the words that were heard, the release and the arm, and whether it was taught; a rewrite that
    was asked about first keeps its proof.

    Args:
        applied: what was decided.
        home: the home.
        key: of the database (`Store.user_key`).

    >>> applied = AppliedRewrite(id="r1", source="lamb on", target="lamp on", layer="table")
    >>> prove(applied, "flat", b"k" * 32) == prove(applied, "hut", b"k" * 32)
    False
    """
    is_taught = applied.layer in TAUGHT_LAYERS
    content = msgspec.json.encode((home, applied.id, applied.source, applied.release, applied.arm, is_taught))
    return hashlib.blake2b(content, key=key, digest_size=_DIGEST_BYTES, person=b"sayagain proof").hexdigest()


def with_proven_rewrite(turn: Turn, home: str, key: bytes) -> Turn:
    """Return a turn of a home whose rewrite is evidence only if the decision was made here.

    Otherwise its words stay as they are: what was heard and what was passed on. It names no rewrite and no lesson, so
    it speaks neither for nor against one.

    Args:
        turn: as it was sent.
        home: the home that sent it.
        key: of the database.
    """
    applied = turn.applied_rewrite
    if applied is None:
        return turn
    checked = msgspec.structs.replace(applied, proof=None)
    if applied.proof is None or not hmac.compare_digest(prove(applied, home, key).encode(), applied.proof.encode()):
        layer = "unproven" if applied.layer in TAUGHT_LAYERS else applied.layer
        checked = msgspec.structs.replace(checked, id="none", release=None, arm=None, propensity=None, layer=layer)
    return msgspec.structs.replace(turn, applied_rewrite=checked)
