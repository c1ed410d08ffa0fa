"""The language of a request as a release knows it: stated, the only one there is, or told by script and words."""

import msgspec

from sayagain.guardrails import scripts
from sayagain.languages import DEFAULT, language_of
from sayagain.releases.contents import Contents
from sayagain.rewriting.table import transcripts
from sayagain.turns import Turn

__all__ = ["in_release_language"]


def in_release_language(turn: Turn, contents: Contents) -> Turn | str:
    """Return a turn that states its language as the release names it, or why nothing in the release is for it.

    Args:
        turn: as it came in. One that states no language has that of a release with one language. Among several the
            script decides, and where it does not, whether these very words were heard in one language alone.
        contents: of the release, in the language that most of its log is in.
    """
    stated_code, common = language_of(turn.language), contents.settings.language
    if stated_code is None and not contents.others:
        return turn if turn.language == common else msgspec.structs.replace(turn, language=common)
    code = stated_code if stated_code is not None else _language_of_words(turn, contents)
    if code is None:
        return "it states no language, and the release knows several that it may be in"
    if contents.in_language(code) is None:
        languages = ", ".join((common or DEFAULT, *contents.others))
        return f"nothing was learnt in its language, {code}; the release knows {languages}"
    # A log that states no language is served as it was learnt, whatever the request states.
    return turn if turn.language == code else msgspec.structs.replace(turn, language=code)


def _language_of_words(turn: Turn, contents: Contents) -> str | None:
    transcript = transcripts(turn)[0][0]
    transcript_scripts = scripts(transcript)
    parts = {contents.settings.language or DEFAULT: contents, **contents.others}
    likely = (
        {code: part for code, part in parts.items() if transcript_scripts <= part.scripts} if transcript_scripts else {}
    )
    if len(likely) > 1:
        likely = {code: part for code, part in likely.items() if part.knowledge.row(transcript) is not None}
    return next(iter(likely)) if len(likely) == 1 else None
