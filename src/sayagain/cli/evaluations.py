"""The command that tells OpenTelemetry what learning made of each turn."""

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
    """Write what learning made of each turn as OpenTelemetry events, linked to the span or the response.

    Args:
        out: The file: log records `gen_ai.evaluation.result` as OTLP/JSON, one document a line.
        common: What every command takes.
    """
    from sayagain.assistants.otel.evaluations import documents  # noqa: PLC0415  (not every command needs it)

    told = _Told()
    half = out.with_name(f".{out.name}.half")
    with open_learner(common) as learner:
        try:
            with half.open("wb") as file:
                file.writelines(documents(told.records(learner)))
            half.replace(out)
        except OSError as error:
            raise InputError(f"{out}: cannot be written: {error.strerror or error}") from None
        finally:
            with suppress(OSError):
                half.unlink(missing_ok=True)
        judged = told.written or told.unlinked
    said = [f"{out}: {count(told.written, 'evaluation')}"]
    if told.unlinked:
        said.append(f"{count(told.unlinked, 'turn')} left out, with neither a span nor a response to link to")
    common.output.result({"file": str(out), "written": told.written, "unlinked": told.unlinked}, said)
    if not judged:
        common.output.remark("no turn has been judged yet; run: sayagain learn")


class _Told:
    """Counts what is written and what cannot be linked."""

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
