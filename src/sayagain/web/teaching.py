"""Endpoints of what users taught: teach a phrase, list what was taught, forget it."""

import msgspec

from sayagain.errors import LessonError
from sayagain.teaching import Taught
from sayagain.web.endpoint import Asked, Parameter, decoded, endpoint
from sayagain.web.problem import Refusal

__all__ = ["TEACHING", "ForgottenLesson", "LessonBody"]


class LessonBody(msgspec.Struct, frozen=True, kw_only=True):
    """What a user wants to teach."""

    user_id: str
    """Who teaches, and the only one for whom it will count."""
    phrase: str
    """What the user will say."""
    means: str
    """The words to pass on instead."""
    language: str | None = None
    """The only language in which it will count (BCP 47); without one it counts in every language."""


class ForgottenLesson(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a lesson that was to be forgotten."""

    forgotten: bool
    """False when there was none."""


_USER = Parameter(name="user_id", type=str, about="Whose lessons.")


@endpoint("POST", "/v1/teach", "teach", scope="teach", body=LessonBody, answer=Taught)
async def teach(asked: Asked) -> Taught:
    """Teach what a phrase means, for one user, from the next request on."""
    given: LessonBody = decoded(asked, LessonBody)
    learner = asked.service.learner
    user = await _user(asked, given.user_id)
    try:
        return await asked.service.write(
            learner.teach, given.phrase, means=given.means, user=user, language=given.language
        )
    except LessonError as error:
        raise Refusal(422, str(error)) from None


@endpoint("GET", "/v1/taught", "taught", scope="teach", answer=list[Taught], parameters=(_USER,))
async def taught(asked: Asked) -> list[Taught]:
    """List what a user taught."""
    return await asked.service.look(asked.service.learner.taught, await _user(asked, asked.given["user_id"]))


@endpoint(
    "DELETE",
    "/v1/taught",
    "forget",
    scope="teach",
    answer=ForgottenLesson,
    parameters=(_USER, Parameter(name="phrase", type=str, about="The phrase, however it is spelt.")),
)
async def forget(asked: Asked) -> ForgottenLesson:
    """Forget what a user taught about one phrase."""
    user = await _user(asked, asked.given["user_id"])
    removed = await asked.service.write(asked.service.learner.forget, user, asked.given["phrase"])
    return ForgottenLesson(forgotten=bool(removed.taught))


async def _user(asked: Asked, user_id: str) -> str:
    return await asked.service.write(asked.service.speakers.user, asked.token, user_id) or user_id


TEACHING = (teach, taught, forget)
"""What a user's lessons are asked by."""
