"""The model card: purpose, training data, quality and limits of a model, for people.

Mitchell et al. 2019, "Model cards for model reporting".
"""

import msgspec

from sayagain.models.manifest import ModelManifest, Shape

__all__ = ["Card", "card_text"]


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """The part of the card that a manifest does not hold."""

    does: str
    """The purpose of the model, in a sentence or two."""
    limits: str
    """Limits: where the model fails, and uses to avoid."""
    figures: tuple[str, ...] = ()
    """More figures, one a line: on which data, beside what baseline."""
    licence: str = "Apache-2.0"
    """Licence of the weights."""


def card_text(manifest: ModelManifest, card: Card, size: int) -> str:
    """Return the card in Markdown.

    Args:
        manifest: manifest of the model.
        card: the part of the card that the manifest does not hold.
        size: size of the network, in bytes.
    """
    figures = [f"- {name}: {value:.3f}" for name, value in sorted(manifest.metrics.items())]
    figures += [f"- {line}" for line in card.figures]
    facts = [
        f"Takes {_axes(manifest.inputs)}; gives {_axes(manifest.outputs)}.",
        f"Weights {manifest.weights}, {size / 1e6:.2f} MB, {card.licence}.",
    ]
    if manifest.encoder is not None:
        facts.append(f"Over the vectors of encoder `{manifest.encoder}`.")
    if manifest.seed is not None:
        facts.append(f"Seed {manifest.seed}.")
    parts = [
        f"# {manifest.name}",
        card.does,
        "## Data",
        manifest.data,
        "## Figures",
        "\n".join(figures) or "None were measured.",
        "## Limits",
        card.limits,
        "## Facts",
        "\n".join(f"- {fact}" for fact in facts),
    ]
    return "\n\n".join(parts) + "\n"


def _axes(axes: dict[str, Shape]) -> str:
    return ", ".join(f"`{name}` ({', '.join(map(str, shape))})" for name, shape in axes.items())
