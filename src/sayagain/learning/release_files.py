"""The files of a release, encoded for memory mapping; they hold no user's name."""

import io
import json

import msgspec
import numpy as np

from sayagain.learning.count import Counted
from sayagain.releases.contents import DecisionSettings, language_file
from sayagain.releases.mapped_table import encode_table
from sayagain.releases.retrieval_file import encode_learnt
from sayagain.releases.vocabulary_file import encode_vocabulary
from sayagain.rewriting.rank import Ranker
from sayagain.rewriting.retrieve import Index, build_index
from sayagain.store import user_code

__all__ = ["encode_contents", "encode_index"]


def encode_contents(
    counted: Counted, ranker: Ranker, settings: DecisionSettings, *, min_users: int, key: bytes = b""
) -> dict[str, bytes]:
    """Write what was learnt as the files of a release, those of each language apart; equal input gives equal bytes.

    Wordings, outcomes and hypotheses that fewer than `min_users` users stand behind are left out. What each user does
    is named by `user_code` under `key`.
    """
    files = {
        "personal.arrow": encode_table(
            {
                user_code(user, key): user_requests
                for user, user_requests in counted.owns.items()
                if user_requests.uses or user_requests.others
            }
        ),
        "ambiguous.msgpack": msgspec.msgpack.encode(counted.ambiguous, order="sorted"),
        "ranker-with-rank.txt": ranker.texts[0].encode(),
        "ranker-without-rank.txt": ranker.texts[1].encode(),
        "settings.json": msgspec.json.format(msgspec.json.encode(settings, order="sorted")),
    }
    for language, part in counted.parts.items():
        encoded = _encode_language(part, min_users)
        if language is None or part.wordings.texts(min_users):
            encoded |= encode_index(build_index(part.wordings.texts(min_users)))
        if part.retrieval is not None:
            encoded["retrieval.msgpack"] = encode_learnt(part.retrieval.learnt)
        files |= {language_file(name, language): content for name, content in encoded.items()}
    return files


def _encode_language(counted: Counted, min_users: int) -> dict[str, bytes]:
    lexicon = io.BytesIO()
    np.save(lexicon, counted.lexicon.weights, allow_pickle=False)
    terms = {
        "simplest": [
            [*item, msgspec.to_builtins(hypothesis)] for item, hypothesis in sorted(counted.lexicon.simplest.items())
        ],
        "vocabulary": sorted(counted.lexicon.vocabulary, key=counted.lexicon.vocabulary.__getitem__),
        "items": sorted(counted.lexicon.items, key=counted.lexicon.items.__getitem__),
    }
    return {
        "frequency.msgpack": msgspec.msgpack.encode(counted.frequencies(min_users), order="sorted"),
        "lexicon.json": json.dumps(terms, ensure_ascii=False).encode("utf-8", "surrogatepass"),
        "lexicon.npy": lexicon.getvalue(),
        "links.arrow": encode_table(counted.shared_links(min_users)),
        "names.msgpack": msgspec.msgpack.encode(counted.known_names(min_users)),
        "priors.arrow": encode_table(counted.priors.tables(min_users)),
        "surfaces.msgpack": msgspec.msgpack.encode(counted.surfaces.table(min_users), order="sorted"),
        "table.arrow": encode_table(counted.table.rows(min_users)),
        "wordings.arrow": encode_table(counted.wordings.table(min_users)),
    }


def encode_index(index: Index) -> dict[str, bytes]:
    """Write an index as the files of a release."""
    files = {"index-texts.json": json.dumps(index.texts, ensure_ascii=False).encode("utf-8", "surrogatepass")}
    for name in ("starts", "rows", "weights", "idf"):
        out = io.BytesIO()
        np.save(out, getattr(index, name), allow_pickle=False)
        files[f"index-{name}.npy"] = out.getvalue()
    return files | encode_vocabulary(index.texts)
