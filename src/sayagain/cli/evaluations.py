"""The command that exports the judgement of each turn to OpenTelemetry."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sayagain.cli.options import COMMON, CommonOptions, open_learner
from sayagain.cli.output import count
from sayagain.errors import InputError

if TYPE_CHECKING:
    from sayagain.learner import Learner

__all__ = ["evaluations"]


def evaluations(*, out: Path, common: CommonOptions = COMMON) -> None:
    """Export the judgement of each turn as OpenTelemetry events, linked to the turn's span or response.

    Args:
        out: File to write: `gen_ai.evaluation.result` log records as OTLP/JSON, one document a line.
        common: Options of every command.
    """
    from sayagain.assistants.otel.evaluations import documents  # noqa: PLC0415  (not every command needs it)

    export = _Export()
    partial = out.with_name(f".{out.name}.partial")
    with open_learner(common) as learner:
        try:
            with partial.open("wb") as file:
                file.writelines(documents(export.records(learner)))
            partial.replace(out)
        except OSError as error:
            raise InputError(f"{out}: cannot be written: {error.strerror or error}") from None
        finally:
            with suppress(OSError):
                partial.unlink(missing_ok=True)
    lines = [f"{out}: {count(export.written, 'evaluation')}"]
    if export.unlinked:
        lines.append(f"{count(export.unlinked, 'turn')} left out: no span and no response to link to")
    common.output.result({"file": str(out), "written": export.written, "unlinked": export.unlinked}, lines)
    if not export.written and not export.unlinked:
        common.output.remark("no turn has been judged yet; run: sayagain learn")


class _Export:
    """Makes the records, and counts those written and those that cannot be linked."""

    def __init__(self) -> None:
        self.written = 0
        self.unlinked = 0

    def records(self, learner: "Learner") -> Iterator[dict[str, Any]]:
        from sayagain.assistants.otel.evaluations import evaluation  # noqa: PLC0415  (as above)

        for judgement in learner.store.judgements():
            turn = learner.store.turn(judgement.turn_id)
            record = evaluation(turn, judgement) if turn is not None else None
            if record is None:
                self.unlinked += 1
            else:
                self.written += 1
                yield record
