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

__all__ = ["forget", "lesson_record", "owner_options", "speaker", "taught", "teach"]


def teach(
    phrase: str,
    /,
    *,
    means: str,
    user: str | None = None,
    home: str | None = None,
    device: str | None = None,
    language: str | None = None,
    common: CommonOptions = COMMON,
) -> None:
    """Teach what a phrase means from the next request on; a newer meaning supersedes an older.

    Args:
        phrase: What will be said; it counts when it is the whole request.
        means: The words to pass on instead.
        user: Id of the user who teaches it; it counts for nobody else. Without one it counts for the household.
        home: The home of the household; not needed where the log names no homes.
        device: Without a user, the only device on which it counts.
        language: The only language in which it counts, such as `de`; without it, it counts in every language.
        common: What every command takes.
    """
    words, meaning, owner = text(phrase, "PHRASE"), text(means, "--means"), owner_options(user, home, device)
    with open_learner(common, make=True) as learner:
        lesson = learner.teach(words, means=meaning, language=language, **owner)
    sentence = f"when {speaker(**owner)} says “{lesson.phrase}”, “{lesson.means}” is passed on"
    common.output.result({**lesson_record(lesson), "id": lesson.id}, [plain_text(sentence)])


def taught(
    *,
    user: str | None = None,
    home: str | None = None,
    device: str | None = None,
    common: CommonOptions = COMMON,
) -> None:
    """List what a user taught, or without a user what was taught for the household.

    Args:
        user: Id of the user.
        home: The home of the household; not needed where the log names no homes.
        device: Without a user, what was taught for this device.
        common: What every command takes.
    """
    out = common.output
    owner = owner_options(user, home, device)
    with open_learner(common) as learner:
        lessons = learner.taught(**owner)
    rows = (
        (Text(plain_text(f"“{lesson.phrase}”")), Text(plain_text(f"“{lesson.means}”")), iso(lesson.at))
        for lesson in lessons
    )
    if lessons or out.as_json:
        out.result(
            [{**lesson_record(lesson), "id": lesson.id} for lesson in lessons],
            table("phrase", "means", "taught", rows=rows),
        )
    else:
        options = "".join(f" --{name} {value}" for name, value in owner.items() if value is not None)
        sentence = f"nothing was taught for {speaker(**owner)}; run: sayagain teach PHRASE --means WORDS{options}"
        out.remark(plain_text(sentence))


def forget(
    *,
    user: str | None = None,
    phrase: str | None = None,
    home: str | None = None,
    device: str | None = None,
    yes: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    common: CommonOptions = COMMON,
) -> None:
    """Forget what was taught about one phrase, a preference, or all that is known of a user.

    All: turns, feedback, judgements and lessons, the user's part of every release, and lines of reject files beside the
    database. Releases that were learnt from the user's turns are deleted; the one in use is learnt again without them.

    Args:
        user: Id of the user; without one, what the household taught about a phrase is forgotten.
        phrase: Phrase whose meaning is forgotten, or the value or domain of preferences; without it, everything of the
            user is.
        home: The home of the household; not needed where the log names no homes.
        device: Without a user, what was taught for this device.
        yes: Confirm that everything of the user is to be deleted; this cannot be undone.
        common: What every command takes.
    """
    out = common.output
    owner = owner_options(user, home, device)
    if phrase is not None:
        words = text(phrase, "--phrase")
        with open_learner(common) as learner:
            known = learner.forget_taught(words, **owner)
        if not known:
            raise InputError(f"nothing about {words!r} was taught for {speaker(**owner)}; see: sayagain taught")
        sentence = f"“{words}” means nothing any more for {speaker(**owner)}"
        out.result({**owner, "phrase": words}, [plain_text(sentence)])
        return
    who = text(user if user is not None else "", "--user")
    if not yes:
        raise InputError(f"this deletes all turns, feedback and lessons of {who} for good; if you mean it, add --yes")
    with open_learner(common) as learner:
        removed = learner.forget(who)
    parts = [
        count(removed.turns, "turn"),
        count(removed.judgements, "judgement"),
        count(removed.feedback, "late report", "late reports"),
        count(removed.taught, "lesson"),
    ]
    lines = [f"{who} is forgotten: {', '.join(parts)}", *_removed(removed)]
    out.result({"user": who, **msgspec.to_builtins(removed)}, [plain_text(line) for line in lines])
    if not out.as_json:
        out.remark("copies elsewhere are yours to delete: exports, backups, the logs that were ingested")


def _removed(report: "ForgetReport") -> Iterator[str]:
    """Say what became of the releases, and what a search for remains gave."""
    if report.spooled:
        yield f"{count(report.spooled, 'turn')} deleted that waited to be stored"
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


def owner_options(user: str | None, home: str | None, device: str | None) -> dict[str, str | None]:
    """Return for whom lessons are, as the learner takes it."""
    options = {"user": user, "home": home, "device": device}
    return {name: None if value is None else text(value, f"--{name}") for name, value in options.items()}


def speaker(user: str | None, home: str | None, device: str | None) -> str:
    """Name for whom lessons are."""
    place = "the household" if home is None else f"the home {home}"
    return user or (f"whoever speaks to {device}" if device is not None else place)


def lesson_record(lesson: "Taught") -> dict[str, object]:
    """Return the fields of a lesson that are printed as JSON."""
    return {
        "user_id": lesson.user_id,
        "scope": lesson.scope,
        "home": lesson.home,
        "device_id": lesson.device_id,
        "phrase": lesson.phrase,
        "means": lesson.means,
        "at": lesson.at,
        "language": lesson.language,
        "steps": list(lesson.steps),
        "source": list(lesson.source),
    }
