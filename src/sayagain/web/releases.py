"""Endpoints for releases: list, show, promote, roll back."""

from typing import Annotated

import msgspec
from msgspec import Meta

from sayagain.errors import GateRefused, ReleaseError
from sayagain.learner import Learner, ReleaseLine
from sayagain.releases.release import Manifest
from sayagain.web.endpoint import Asked, Parameter, decoded, endpoint
from sayagain.web.problem import Refusal

__all__ = ["RELEASES", "PromotionBody", "ReleaseDetails", "ReleaseInUse"]


class ReleaseDetails(msgspec.Struct, frozen=True, kw_only=True):
    """One release, after a check of all its files."""

    number: int
    """Number of the release."""
    in_use: bool
    """Whether the release is in use."""
    digest: str
    """SHA-256 of the manifest."""
    manifest: Manifest
    """The manifest: what the release was learnt from and what it holds."""


class PromotionBody(msgspec.Struct, frozen=True, kw_only=True):
    """Options of a promotion."""

    force: bool = False
    """Whether to promote a release whose replay shows no significant gain."""


class ReleaseInUse(msgspec.Struct, frozen=True, kw_only=True):
    """The release in use from now on."""

    in_use: int | None
    """Number of the release; None for none."""


_NUMBER = Parameter(
    name="number", type=Annotated[int, Meta(ge=1, le=999_999)], about="Number of the release.", where="path"
)


@endpoint("GET", "/v1/releases", "releases", scope="read", answer=list[ReleaseLine])
async def releases(asked: Asked) -> list[ReleaseLine]:
    """List all releases, oldest first."""
    return await asked.service.look(asked.service.learner.release_list)


@endpoint(
    "GET",
    "/v1/releases/{number}",
    "release",
    scope="read",
    answer=ReleaseDetails,
    parameters=(_NUMBER,),
    refusals=(404,),
)
async def release(asked: Asked) -> ReleaseDetails:
    """Show one release."""
    learner, number = asked.service.learner, asked.given["number"]

    def show() -> ReleaseDetails:
        opened = learner.release(number)
        in_use = learner.store.release_in_use() == number
        return ReleaseDetails(number=number, in_use=in_use, digest=opened.digest, manifest=opened.manifest)

    try:
        return await asked.service.look(show)
    except ReleaseError as error:
        raise Refusal(404, str(error)) from None


@endpoint(
    "POST",
    "/v1/releases/{number}/promote",
    "promote",
    scope="admin",
    body=PromotionBody,
    body_required=False,
    answer=ReleaseInUse,
    parameters=(_NUMBER,),
    refusals=(404, 409),
)
async def promote(asked: Asked) -> ReleaseInUse:
    """Put a release into use, if its replay shows a significant gain."""
    options: PromotionBody = decoded(asked, PromotionBody) if asked.body else PromotionBody()
    learner, number = asked.service.learner, asked.given["number"]
    try:
        return await asked.service.look(_promote, learner, number, options.force)
    except GateRefused as error:
        raise Refusal(409, str(error)) from None
    except ReleaseError as error:
        raise Refusal(404, str(error)) from None


@endpoint("POST", "/v1/rollback", "rollback", scope="admin", answer=ReleaseInUse, refusals=(409,))
async def roll_back(asked: Asked) -> ReleaseInUse:
    """Return to the release that was in use before."""
    try:
        return await asked.service.look(_roll_back, asked.service.learner)
    except ReleaseError as error:
        raise Refusal(409, str(error)) from None


def _promote(learner: Learner, number: int, force: bool) -> ReleaseInUse:
    learner.promote(learner.release(number), force=force)
    # This worker uses the release before it answers; the others load it within a moment.
    learner.runtime.look()
    return ReleaseInUse(in_use=number)


def _roll_back(learner: Learner) -> ReleaseInUse:
    number = learner.rollback()
    learner.runtime.look()
    return ReleaseInUse(in_use=number)


RELEASES = (releases, release, promote, roll_back)
"""The endpoints for releases."""
