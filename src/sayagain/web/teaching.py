"""Endpoints of what users taught: teach a phrase, list what was taught, forget it."""

from typing import Annotated

import msgspec

from sayagain.errors import LessonError
from sayagain.teaching import LIKED, Taught
from sayagain.web.endpoint import Asked, Parameter, decoded, endpoint
from sayagain.web.problem import Refusal

__all__ = ["TEACHING", "ForgottenLesson", "LessonBody", "PreferenceBody"]


class LessonBody(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to teach."""

    user_id: str | None = None
    """Who teaches, and the only one for whom it will count; without one it counts for the household."""
    home: str | None = None
    """The home of the household; that of the token where the token has one, and none where the log names none."""
    device_id: str | None = None
    """Without a user, the only device on which it will count."""
    phrase: str
    """What will be said."""
    means: str
    """The words to pass on instead."""
    language: str | None = None
    """The only language in which it will count (BCP 47); without one it counts in every language."""


class PreferenceBody(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody likes or dislikes."""

    user_id: str | None = None
    """Whose it is; without a user it is the household's."""
    home: str | None = None
    """The home of the household; that of the token where the token has one, and none where the log names none."""
    device_id: str | None = None
    """Without a user, the only device on which it will count."""
    domain: str
    """`music`, `food`, `news` or `sport`; of others nothing is filled in."""
    value: str
    """What is liked or disliked, as it is to be filled in."""
    slot: str | None = None
    """The slot of the domain; by default `genre`, `cuisine`, `source` or `team`."""
    liked: bool = True
    """False for a dislike."""
    strength: Annotated[float, msgspec.Meta(ge=0, le=1)] = LIKED
    """How much; of several values the strongest is filled in, of these the newest."""
    language: str | None = None
    """The only language in which it will count (BCP 47); without one it counts in every language."""


class ForgottenLesson(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a lesson that was to be forgotten."""

    forgotten: bool
    """False when there was none."""


_OWNER = (
    Parameter(name="user_id", type=str | None, about="Whose lessons; without a user, the household's.", default=None),
    Parameter(name="home", type=str | None, about="The home of the household, where homes have names.", default=None),
    Parameter(name="device_id", type=str | None, about="Without a user, the lessons of this device.", default=None),
)


_PHRASE = "The phrase, or the value or domain of preferences, however it is spelt."


@endpoint("POST", "/v1/teach", "teach", scope="teach", body=LessonBody, answer=Taught)
async def teach(asked: Asked) -> Taught:
    """Teach what a phrase means, for a user or a household, from the next request on."""
    given: LessonBody = decoded(asked, LessonBody)
    owner = await _owner(asked, given.user_id, given.home, given.device_id)
    try:
        return await asked.service.write(
            asked.service.learner.teach, given.phrase, means=given.means, language=given.language, **owner
        )
    except LessonError as error:
        raise Refusal(422, str(error)) from None


@endpoint("GET", "/v1/taught", "taught", scope="teach", answer=list[Taught], parameters=_OWNER)
async def taught(asked: Asked) -> list[Taught]:
    """List what was taught for a user or a household."""
    return await asked.service.look(asked.service.learner.taught, **await _given_owner(asked))


@endpoint("POST", "/v1/preferences", "remember_preference", scope="teach", body=PreferenceBody, answer=Taught)
async def remember_preference(asked: Asked) -> Taught:
    """State what a user or a household likes; it fills requests that leave it open."""
    given: PreferenceBody = decoded(asked, PreferenceBody)
    owner = await _owner(asked, given.user_id, given.home, given.device_id)
    try:
        return await asked.service.write(
            asked.service.learner.remember_preference,
            given.domain,
            given.value,
            slot=given.slot,
            liked=given.liked,
            strength=given.strength,
            language=given.language,
            **owner,
        )
    except LessonError as error:
        raise Refusal(422, str(error)) from None


@endpoint("GET", "/v1/preferences", "preferences", scope="teach", answer=list[Taught], parameters=_OWNER)
async def preferences(asked: Asked) -> list[Taught]:
    """List what a user or a household likes and dislikes."""
    return await asked.service.look(asked.service.learner.preferences, **await _given_owner(asked))


@endpoint(
    "DELETE",
    "/v1/taught",
    "forget",
    scope="teach",
    answer=ForgottenLesson,
    parameters=(*_OWNER, Parameter(name="phrase", type=str, about=_PHRASE)),
)
async def forget(asked: Asked) -> ForgottenLesson:
    """Forget what was taught about one phrase, or preferences."""
    owner = await _given_owner(asked)
    known = await asked.service.write(asked.service.learner.forget_taught, asked.given["phrase"], **owner)
    return ForgottenLesson(forgotten=known)


async def _given_owner(asked: Asked) -> dict[str, str | None]:
    return await _owner(asked, asked.given["user_id"], asked.given["home"], asked.given["device_id"])


async def _owner(asked: Asked, user_id: str | None, home: str | None, device_id: str | None) -> dict[str, str | None]:
    """Return for whom the lessons are that a request may touch."""
    service, token = asked.service, asked.token
    home = service.speakers.home(token, home)
    user = await service.write(service.speakers.user, token, user_id)
    return {"user": user, "home": home, "device": device_id}


TEACHING = (teach, taught, remember_preference, preferences, forget)
"""What a user's lessons are asked by."""
