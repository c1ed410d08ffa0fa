"""Commands about preferences: state one, and list them."""

from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter
from rich.text import Text

from sayagain.cli.options import COMMON, CommonOptions, open_learner, text
from sayagain.cli.output import iso, plain_text, table
from sayagain.cli.teaching import lesson_record, owner_options, speaker

if TYPE_CHECKING:
    from sayagain.teaching import Taught

__all__ = ["prefer", "preferences"]


def prefer(
    value: str,
    /,
    *,
    domain: str,
    slot: str | None = None,
    dislike: Annotated[bool, Parameter(negative="", show_default=False)] = False,
    strength: float = 0.7,
    user: str | None = None,
    home: str | None = None,
    device: str | None = None,
    language: str | None = None,
    common: CommonOptions = COMMON,
) -> None:
    """State what somebody likes; it fills requests that leave it open, such as "play music".

    Args:
        value: What is liked, as it is to be filled in.
        domain: What it is about: music, food, news or sport. Of others nothing is filled in.
        slot: The slot of the domain; without it genre, cuisine, source or team.
        dislike: It is disliked, and so never filled in.
        strength: How much, from 0 to 1; of several values the strongest is filled in, of these the newest.
        user: Id of the user. Without one it counts for the household.
        home: The home of the household; not needed where the log names no homes.
        device: Without a user, the only device on which it counts.
        language: The only language in which it counts, such as `de`; without it, it counts in every language.
        common: What every command takes.
    """
    words, about, owner = text(value, "VALUE"), text(domain, "--domain"), owner_options(user, home, device)
    with open_learner(common, make=True) as learner:
        lesson = learner.remember_preference(
            about, words, slot=slot, liked=not dislike, strength=strength, language=language, **owner
        )
    verb = "does not like" if dislike else "likes"
    sentence = f"{speaker(**owner)} {verb} “{lesson.means}” ({lesson.phrase})"
    common.output.result(_record(lesson), [plain_text(sentence)])


def preferences(
    *,
    user: str | None = None,
    home: str | None = None,
    device: str | None = None,
    common: CommonOptions = COMMON,
) -> None:
    """List what a user likes and dislikes, or without a user what the household does.

    Args:
        user: Id of the user.
        home: The home of the household; not needed where the log names no homes.
        device: Without a user, the preferences on this device.
        common: What every command takes.
    """
    out, owner = common.output, owner_options(user, home, device)
    with open_learner(common) as learner:
        lessons = learner.preferences(**owner)
    if not lessons and not out.as_json:
        out.remark(
            plain_text(f"no preference of {speaker(**owner)} is known; run: sayagain prefer VALUE --domain music")
        )
        return
    rows = (_row(lesson) for lesson in lessons)
    out.result([_record(lesson) for lesson in lessons], table("domain", "value", "", "since", rows=rows))


def _row(lesson: "Taught") -> tuple[str, Text, str, str]:
    liked = lesson.preference is not None and lesson.preference.liked
    return lesson.phrase, Text(plain_text(f"“{lesson.means}”")), "liked" if liked else "disliked", iso(lesson.at)


def _record(lesson: "Taught") -> dict[str, object]:
    stated = lesson.preference
    details = {} if stated is None else {"slot": stated.slot, "liked": stated.liked, "strength": stated.strength}
    return {"id": lesson.id, "domain": lesson.phrase, "value": lesson.means, **details, **lesson_record(lesson)}
