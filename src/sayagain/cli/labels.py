"""The command that lists weak labels, or writes them as training files for an assistant."""

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
_DEFAULT_LIMIT = 20


class LabelFiles(msgspec.Struct, frozen=True, kw_only=True):
    """The training files written."""

    examples: int
    """Number of examples."""
    files: list[str]
    """Paths of the files; a file may leave out examples that its format cannot express."""


def labels(
    *,
    limit: int | None = None,
    sure: float = 0.8,
    to: str | None = None,
    out: Path | None = None,
    understood: Annotated[bool, Parameter(negative="")] = False,
    framed: Annotated[bool, Parameter(negative="")] = False,
    per_intent: int | None = None,
    alike: float | None = None,
    min_users: int | None = None,
    common: CommonOptions = COMMON,
) -> None:
    """List failed requests with their weak labels, or write them as training files for an assistant.

    Args:
        limit: Largest number of labels; by default 20 in a list, all in files.
        sure: Lowest probability of a label.
        to: Assistant to write files for, or `jsonl`; needs --out.
        out: Folder for the files; created when missing.
        understood: Include requests that worked, marked as such, for an assistant trained on everything it should know.
        framed: Include labels of the shipped labeller, where it knows the assistant; needs the extra `models`.
        per_intent: Largest number of labels of one intent, the most probable first.
        alike: Leave out near-duplicates of a more probable label, from this similarity of letters or sound up (0.9).
        min_users: Smallest number of users behind a label (SAYAGAIN_MIN_USERS).
        common: Options of every command.
    """
    printed = common.output
    if not 0 <= sure <= 1:
        raise InputError(f"--sure is {sure}; expected a probability, from 0 to 1")
    if alike is not None and not 0 < alike <= 1:
        raise InputError(f"--alike is {alike}; expected a similarity above 0, up to 1")
    max_labels = None if limit is None else at_least_one(limit)
    if per_intent is not None and per_intent < 1:
        raise InputError(f"--per-intent is {per_intent}; expected 1 or more")
    if (to is None) != (out is None):
        raise InputError("--to and --out go together; expected both, or neither")
    # Before the log is read, so that a misspelt name fails at once.
    export = _exporter(to) if to is not None else None
    with open_learner(common, min_users=min_users) as learner:
        examples = learner.examples(
            _DEFAULT_LIMIT if max_labels is None and export is None else max_labels,
            sure=sure,
            assistant=None if to == _JSONL else to,
            understood=understood,
            framed=framed,
            per_intent=per_intent,
            alike=alike,
        )
        judged = bool(examples) or next(iter(learner.store.judgements(limit=1)), None) is not None
    if not examples:
        printed.remark(
            "no label is probable enough; lower --sure"
            if judged
            else "no turn has been judged yet; run: sayagain learn"
        )
    if export is None or out is None:
        if examples or printed.as_json:
            heads = ("heard", "meant", "probability", "times", "users")
            listed = table(
                *heads,
                *["worked"] * understood,
                rows=(_row(example, understood=understood) for example in examples),
                right=heads[2:],
            )
            printed.result(examples, listed)
        return
    files = _write_files(out, export(examples))
    summary = f"{count(len(examples), 'example')} for {to}, {count(len(files), 'file')} written"
    printed.result(LabelFiles(examples=len(examples), files=files), [summary, *files])
    if examples and not files:
        printed.remark(f"the files of {to} cannot express any of these examples")


def _exporter(to: str) -> Callable[[Sequence["Example"]], Mapping[str, bytes]]:
    if to == _JSONL:
        return _as_jsonl
    from sayagain.assistants.by_name import assistant_named  # noqa: PLC0415  (only where an assistant is named)

    return assistant_named(to).export


def _as_jsonl(examples: Sequence["Example"]) -> dict[str, bytes]:
    lines = b"".join(msgspec.json.encode(example) + b"\n" for example in examples)
    return {"examples.jsonl": lines} if examples else {}


def _write_files(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return [str(folder / name) for name in files]


def _row(example: "Example", *, understood: bool) -> tuple[str, ...]:
    hypothesis = example.hypothesis.description
    meant = example.works or (f"{hypothesis} here" if example.here else hypothesis)
    worked = ("yes" if example.understood else "no",) if understood else ()
    return (
        f"“{example.text}”",
        meant,
        share(example.probability),
        f"{example.times:.0f}",
        str(example.users),
        *worked,
    )
