"""Endpoints of releases: list them, show one, put one into use, take it back."""

from typing import Annotated

import msgspec
from msgspec import Meta

from sayagain.errors import GateRefused, ReleaseError
from sayagain.learner import Learner, ReleaseLine
from sayagain.releases.release import Manifest
from sayagain.web.endpoint import Asked, Endpoint, Parameter, decoded
from sayagain.web.problem import Refusal

__all__ = ["RELEASES", "InUse", "PromotionRequest", "ShownRelease"]


class ShownRelease(msgspec.Struct, frozen=True, kw_only=True):
    """One release, every byte of it checked."""

    number: int
    """Its number."""
    in_use: bool
    """Whether it decides now."""
    digest: str
    """SHA-256 of its manifest."""
    manifest: Manifest
    """What it was learnt from and holds."""


class PromotionRequest(msgspec.Struct, frozen=True, kw_only=True):
    """How a release is put into use."""

    force: bool = False
    """Whether it is, even where its replay shows no sure gain."""


class InUse(msgspec.Struct, frozen=True, kw_only=True):
    """Which release decides from now on."""

    in_use: int | None
    """Its number; None for none."""


async def releases(asked: Asked) -> list[ReleaseLine]:
    """List all releases."""
    return await asked.service.look(asked.service.learner.release_list)


async def release(asked: Asked) -> ShownRelease:
    """Show one release."""
    learner, number = asked.service.learner, asked.given["number"]

    def show() -> ShownRelease:
        mine = learner.release(number)
        used = learner.store.release_in_use() == number
        return ShownRelease(number=number, in_use=used, digest=mine.digest, manifest=mine.manifest)

    try:
        return await asked.service.look(show)
    except ReleaseError as error:
        raise Refusal(404, str(error)) from None


async def promote(asked: Asked) -> InUse:
    """Put a release into use."""
    wanted: PromotionRequest = decoded(asked, PromotionRequest) if asked.body else PromotionRequest()
    learner, number = asked.service.learner, asked.given["number"]
    try:
        return await asked.service.look(_promote, learner, number, wanted.force)
    except GateRefused as error:
        raise Refusal(409, str(error)) from None
    except ReleaseError as error:
        raise Refusal(404, str(error)) from None


async def roll_back(asked: Asked) -> InUse:
    """Take the last promotion back."""
    try:
        return await asked.service.look(_roll_back, asked.service.learner)
    except ReleaseError as error:
        raise Refusal(409, str(error)) from None


def _promote(learner: Learner, number: int, force: bool) -> InUse:
    learner.promote(learner.release(number), force=force)
    # This worker decides with it when it answers; the others notice within a moment.
    learner.runtime.look()
    return InUse(in_use=number)


def _roll_back(learner: Learner) -> InUse:
    number = learner.rollback()
    learner.runtime.look()
    return InUse(in_use=number)


_NUMBER = Parameter(name="number", type=Annotated[int, Meta(ge=1, le=999_999)], about="The release.", where="path")

RELEASES = (
    Endpoint(
        method="GET",
        path="/v1/releases",
        name="releases",
        about="List all releases, oldest first.",
        scope="read",
        answer=list[ReleaseLine],
        call=releases,
    ),
    Endpoint(
        method="GET",
        path="/v1/releases/{number}",
        name="release",
        about="Show one release.",
        scope="read",
        answer=ShownRelease,
        call=release,
        parameters=(_NUMBER,),
        refusals=(404,),
    ),
    Endpoint(
        method="POST",
        path="/v1/releases/{number}/promote",
        name="promote",
        about="Put a release into use, if its replay shows a sure gain.",
        scope="admin",
        body=PromotionRequest,
        body_required=False,
        answer=InUse,
        call=promote,
        parameters=(_NUMBER,),
        refusals=(404, 409),
    ),
    Endpoint(
        method="POST",
        path="/v1/rollback",
        name="rollback",
        about="Return to the release before the one in use.",
        scope="admin",
        answer=InUse,
        call=roll_back,
        refusals=(409,),
    ),
)
"""What releases are asked by."""
