"""The command that tells what an assistant should be taught: lists it, or writes the files to teach it by."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter

from sayagain.cli.options import COMMON, CommonOptions, at_least_one, open_learner
from sayagain.cli.output import count, share, table
from sayagain.errors import InputError

if TYPE_CHECKING:
    from sayagain.labels import Example

__all__ = ["labels"]

_JSONL = "jsonl"
_SHOWN = 20


class LabelFiles(msgspec.Struct, frozen=True, kw_only=True):
    """What was written."""

    examples: int
    """How many examples there were."""
    files: list[str]
    """The files, some of which may leave out examples that the assistant has no way to be taught."""


def labels(
    *,
    limit: int | None = None,
    sure: float = 0.8,
    to: Annotated[str | None, Parameter(help="Write files for this assistant, or `jsonl`; needs --out.")] = None,
    out: Path | None = None,
    understood: Annotated[bool, Parameter(negative="")] = False,
    framed: Annotated[bool, Parameter(negative="")] = False,
    per_intent: int | None = None,
    alike: float | None = None,
    min_users: Annotated[int | None, Parameter(help="Users who must have meant the same (SAYAGAIN_MIN_USERS).")] = None,
    common: CommonOptions = COMMON,
) -> None:
    """List words that failed with what was meant by them, or write the files that the assistant is taught by.

    Args:
        limit: How many at most; 20 in a list, all in files when not given.
        sure: The least probability of a meaning.
        to: See above.
        out: The folder for the files; made when missing.
        understood: Give words that worked, too, marked so: for an assistant that is trained on all it should know.
        framed: Give what the labeller that ships is sure of, too, where it knows the assistant; wants sayagain[models].
        per_intent: How many at most of one intent, the surest.
        alike: Leave out words so like surer ones of the same meaning, by letters or sound; 0.9 means near-copies.
        min_users: See above.
        common: What every command takes.
    """
    printed = common.output
    if not 0 <= sure <= 1:
        raise InputError(f"--sure is {sure}; expected a probability, from 0 to 1")
    if alike is not None and not 0 < alike <= 1:
        raise InputError(f"--alike is {alike}; expected a likeness above 0, up to 1")
    most = None if limit is None else at_least_one(limit)
    if per_intent is not None and per_intent < 1:
        raise InputError(f"--per-intent is {per_intent}; expected 1 or more")
    if (to is None) != (out is None):
        raise InputError("--to and --out go together; expected both, or neither")
    # Before anything is read, so that a misspelt name costs nothing.
    export = _exporter(to) if to is not None else None
    with open_learner(common, min_users=min_users) as learner:
        found = learner.examples(
            _SHOWN if most is None and export is None else most,
            sure=sure,
            assistant=None if to == _JSONL else to,
            understood=understood,
            framed=framed,
            per_intent=per_intent,
            alike=alike,
        )
        judged = bool(found) or next(iter(learner.store.judgements(limit=1)), None) is not None
    if not found:
        printed.remark("nothing is sure enough" if judged else "no turn has been judged yet; run: sayagain learn")
    if export is None or out is None:
        if found or printed.as_json:
            heads = ("heard", "meant", "sure", "times", "users")
            listed = table(
                *heads,
                *["worked"] * understood,
                rows=(_row(each, understood=understood) for each in found),
                right=heads[2:],
            )
            printed.result(found, listed)
        return
    files = _written(out, export(found))
    told = f"{count(len(found), 'example')} for {to}, {count(len(files), 'file')} written"
    printed.result(LabelFiles(examples=len(found), files=files), [told, *files])
    if found and not files:
        printed.remark(f"{to} cannot be taught any of them by files")


def _exporter(to: str) -> Callable[[Sequence["Example"]], Mapping[str, bytes]]:
    if to == _JSONL:
        return _as_jsonl
    from sayagain.assistants.by_name import assistant_named  # noqa: PLC0415  (only where an assistant is named)

    return assistant_named(to).export


def _as_jsonl(found: Sequence["Example"]) -> dict[str, bytes]:
    return {"examples.jsonl": b"".join(msgspec.json.encode(each) + b"\n" for each in found)} if found else {}


def _written(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return [str(folder / name) for name in files]


def _row(example: "Example", *, understood: bool) -> tuple[str, ...]:
    read = "nothing" if example.reading.empty else example.reading.key
    meant = example.works or (f"{read} here" if example.here else read)
    worked = ("yes" if example.understood else "no",) if understood else ()
    return (
        f"“{example.text}”",
        meant,
        share(example.probability),
        f"{example.times:.0f}",
        str(example.users),
        *worked,
    )
