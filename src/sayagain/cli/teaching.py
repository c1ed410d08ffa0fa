"""Commands that teach: give a phrase a meaning, list what was taught, forget it, or forget a whole user."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter
from rich.text import Text

from sayagain.cli.options import COMMON, CommonOptions, open_learner, text
from sayagain.cli.output import count, iso, plain_text, table
from sayagain.errors import InputError

if TYPE_CHECKING:
    from sayagain.learner import ForgetReport
    from sayagain.teaching import Taught

__all__ = ["forget", "taught", "teach"]


def teach(
    phrase: str, /, *, means: str, user: str, language: str | None = None, common: CommonOptions = COMMON
) -> None:
    """Teach what a phrase means, for one user, from the next request on; a newer meaning supersedes an older.

    Args:
        phrase: What the user will say; it counts when it is the whole request.
        means: The words to pass on instead.
        user: Id of the user who teaches it; it counts for nobody else.
        language: The only language in which it counts, such as `de`; without it, it counts in every language.
        common: What every command takes.
    """
    words, meaning, who = text(phrase, "PHRASE"), text(means, "--means"), text(user, "--user")
    with open_learner(common, make=True) as learner:
        lesson = learner.teach(words, means=meaning, user=who, language=language)
    sentence = f"when {lesson.user_id} says “{lesson.phrase}”, “{lesson.means}” is passed on"
    common.output.result({**_record(lesson), "id": lesson.id}, [plain_text(sentence)])


def taught(*, user: str, common: CommonOptions = COMMON) -> None:
    """List what a user taught.

    Args:
        user: Id of the user.
        common: What every command takes.
    """
    out = common.output
    who = text(user, "--user")
    with open_learner(common) as learner:
        lessons = learner.taught(who)
    rows = (
        (Text(plain_text(f"“{lesson.phrase}”")), Text(plain_text(f"“{lesson.means}”")), iso(lesson.at))
        for lesson in lessons
    )
    if lessons or out.as_json:
        out.result(
            [{**_record(lesson), "id": lesson.id} for lesson in lessons], table("phrase", "means", "taught", rows=rows)
        )
    else:
        out.remark(plain_text(f"{who} has taught nothing; run: sayagain teach PHRASE --means WORDS --user {who}"))


def forget(
    *,
    user: str,
    phrase: str | None = None,
    yes: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    common: CommonOptions = COMMON,
) -> None:
    """Forget what a user taught about one phrase, or delete all that is known of the user.

    All: turns, feedback, judgements and lessons, the user's part of every release, and lines of reject files beside the
    database. Releases that were learnt from the user's turns are deleted; the one in use is learnt again without them.

    Args:
        user: Id of the user.
        phrase: Phrase whose meaning is forgotten; without it, everything of the user is.
        yes: Confirm that everything of the user is to be deleted; this cannot be undone.
        common: What every command takes.
    """
    out = common.output
    who = text(user, "--user")
    words = None if phrase is None else text(phrase, "--phrase")
    if words is None and not yes:
        raise InputError(f"this deletes all turns, feedback and lessons of {who} for good; if you mean it, add --yes")
    with open_learner(common) as learner:
        removed = learner.forget(who, words)
    if words is not None and not removed.taught:
        raise InputError(f"{who} has taught nothing about {words!r}; see: sayagain taught --user {who}")
    parts = [
        count(removed.turns, "turn"),
        count(removed.judgements, "judgement"),
        count(removed.feedback, "late report", "late reports"),
        count(removed.taught, "lesson"),
    ]
    said = f"{who} is forgotten: {', '.join(parts)}" if words is None else f"“{words}” means nothing any more for {who}"
    lines = [said, *_removed(removed)] if words is None else [said]
    out.result({"user": who, **msgspec.to_builtins(removed)}, [plain_text(line) for line in lines])
    if words is None and not out.as_json:
        out.remark("copies elsewhere are yours to delete: exports, backups, the logs that were ingested")


def _removed(report: "ForgetReport") -> Iterator[str]:
    """Say what became of the releases, and what a search for remains gave."""
    if report.rejects:
        yield f"{count(report.rejects, 'line')} of reject files deleted"
    if report.learnt_again is not None:
        yield f"release {report.learnt_again}, in use, was learnt again without these turns"
    if report.erased:
        yield f"the user's own part was taken out of release {', '.join(map(str, report.erased))}"
    if report.deleted:
        yield f"deleted, since learnt from these turns: release {', '.join(map(str, report.deleted))}"
    if report.remains:
        yield f"STILL FOUND in: {'; '.join(report.remains)}; if a reader held the file, forget again"
    else:
        yield "searched for what is left in the database and the releases: nothing"


def _record(lesson: "Taught") -> dict[str, object]:
    return {
        "user_id": lesson.user_id,
        "phrase": lesson.phrase,
        "means": lesson.means,
        "at": lesson.at,
        "language": lesson.language,
    }
