"""Surface forms: the original spelling of requests that work, so that a rewrite is passed on in that spelling."""

__all__ = ["SurfaceForms"]


class SurfaceForms:
    """The spellings of each normalised text, with separate counts for each user.

    >>> forms = SurfaceForms()
    >>> for user in "ab":
    ...     forms.add("play ac dc", "Play AC/DC", user, 1.0)
    >>> forms.table(min_users=2)
    {'play ac dc': 'Play AC/DC'}
    """

    def __init__(self) -> None:
        self._good: dict[str, dict[str, dict[str, float]]] = {}

    def add(self, text: str, surface: str, user: str, probability: float) -> None:
        """Count one turn that ended well.

        Args:
            text: normalised.
            surface: as it was written.
            user: who said it.
            probability: that it went well.
        """
        by_user = self._good.setdefault(text, {}).setdefault(" ".join(surface.split()), {})
        by_user[user] = by_user.get(user, 0.0) + probability

    def table(self, min_users: int) -> dict[str, str]:
        """Return the spelling with the most success behind it, by text; those of fewer users are left out.

        A text whose best spelling is the text itself is left out, too.
        """
        surfaces: dict[str, str] = {}
        for text in sorted(self._good):
            forms = [
                (-sum(by_user.values()), surface)
                for surface, by_user in self._good[text].items()
                if len(by_user) >= min_users
            ]
            surface = min(forms, default=(0.0, text))[1]
            if surface != text:
                surfaces[text] = surface
        return surfaces
