"""The preference request: what a person says about what they like, and how a request that leaves it open is filled."""

from collections.abc import Sequence
from typing import Literal

import msgspec

from sayagain.languages import DomainWords, Language, TemplatePart
from sayagain.teaching.preference import BEST, LIKED, SLOTS, Preference
from sayagain.teaching.template_match import Word, match_template, request_spans, split_words

__all__ = ["OpenRequest", "PreferenceRequest", "open_request", "read_preference", "read_preference_answer"]

_LONGEST = 16
"""Words of the longest statement of a preference, and of the longest request that is filled in."""

_LONGEST_VALUE = 4
"""Words of the longest value."""

_LONGEST_PLACE = 5
"""Words of the longest place behind an open request."""


class PreferenceRequest(msgspec.Struct, frozen=True, kw_only=True):
    """What a person says about preferences."""

    kind: Literal["state", "forget", "list", "interview", "skip"]
    """`state` states one, `forget` takes one back, `list` asks for all, `interview` wants to be asked about them,
    `skip` answers a question with no preference."""
    preference: Preference | None = None
    """What is stated or taken back."""
    domain: str | None = None
    """The domain of which everything is taken back."""


class OpenRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A request that leaves a preference open."""

    domain: str
    """The domain."""
    template: str
    """What is said with the preference, `{value}` in its place."""


def read_preference(text: str, language: Language) -> PreferenceRequest | None:
    """Return what a request says about preferences; None for every other request.

    A liking is one only where the value is known in a domain, or the statement names the domain: "I like it dark" and
    "I like your voice" are none.

    Args:
        text: the request, with or without punctuation.
        language: that it is in.

    >>> from sayagain.languages import language_pack
    >>> english = language_pack("en")
    >>> read_preference("I like Italian food.", english).preference.key
    'food: cuisine: italian'
    >>> read_preference("I like your voice", english) is None
    True
    """
    words = split_words(text)
    if not 0 < len(words) <= _LONGEST:
        return None
    wordings = language.preferences
    spans = request_spans(words, language.teaching.before, language.teaching.after, alone=True)
    reader = _Reader(text, words, spans, language)
    for kind, templates in (("interview", wordings.interview), ("list", wordings.list)):
        if reader.matches(templates):
            return PreferenceRequest(kind=kind)  # type: ignore[arg-type]
    return (
        reader.forget()
        or reader.state(wordings.dislikes, liked=False, strength=LIKED)
        or reader.state(wordings.favourites, liked=True, strength=BEST)
        or reader.state(wordings.likes, liked=True, strength=LIKED)
        or reader.state(wordings.meanings, liked=True, strength=BEST)
        or reader.own_statement()
    )


def read_preference_answer(text: str, domain: str, language: Language) -> PreferenceRequest | None:
    """Return what an answer to the question about a domain says; None where it is another request.

    Args:
        text: the answer.
        domain: that was asked about.
        language: of the answer.

    >>> from sayagain.languages import language_pack
    >>> read_preference_answer("jazz", "music", language_pack("en")).preference.value
    'jazz'
    """
    words = split_words(text)
    if tuple(word.key for word in words) in language.preferences.skips:
        return PreferenceRequest(kind="skip")
    stated = read_preference(text, language)
    if stated is not None:
        return stated
    value = _Reader(text, words, [], language).value(domain, 0, len(words)) if words else None
    return None if value is None else _stated(domain, value, liked=True, strength=LIKED)


def open_request(text: str, language: Language) -> OpenRequest | None:
    """Return the domain that a request leaves open, and what to say with its value; None for every other request.

    Args:
        text: the request.
        language: that it is in.

    >>> from sayagain.languages import language_pack
    >>> open_request("play some music in the kitchen, please", language_pack("en")).template
    'play {value} in the kitchen'
    >>> open_request("play some jazz music", language_pack("en")) is None
    True
    """
    words = split_words(text)
    if not 0 < len(words) <= _LONGEST:
        return None
    for domain, own in language.preferences.domains.items():
        template = _fill_whole(text, words, own, language) or _fill_within(text, words, own)
        if template is not None and "{" not in text and "}" not in text:
            return OpenRequest(domain=domain, template=template)
    return None


def _fill_whole(text: str, words: Sequence[Word], domain: DomainWords, language: Language) -> str | None:
    """Return what is said with the value if the request, but for a place behind it, is one of the open ones."""
    keys = [word.key for word in words]
    if domain.open_words.isdisjoint(keys):
        return None
    before = (*language.teaching.before, *language.polite)
    after = (*language.teaching.after, *((word,) for word in language.trailing))
    places = language.preferences.places
    for start, end in request_spans(words, before, after, alone=True):
        for at in (end, *(at for at in range(start + 1, end) if keys[at] in places)):
            if end - at > _LONGEST_PLACE or _names_value(keys[at:end], domain):
                continue
            if _is_match(domain.open, words, start, at, language):
                return domain.fill + (f" {text[words[at].start : words[end - 1].end]}" if at < end else "")
    return None


def _fill_within(text: str, words: Sequence[Word], domain: DomainWords) -> str | None:
    """Return the request with the value in place of words such as "my team", which do not begin it."""
    for phrase in domain.instead:
        for at in range(1, len(words) - len(phrase) + 1):
            last = at + len(phrase)
            if tuple(word.key for word in words[at:last]) == phrase:
                return f"{text[: words[at].start]}{domain.fill}{text[words[last - 1].end :]}"
    return None


def _names_value(keys: Sequence[str], domain: DomainWords) -> bool:
    return any(tuple(keys[at:end]) in domain.values for at in range(len(keys)) for end in range(at + 1, len(keys) + 1))


def _is_match(
    templates: Sequence[Sequence[TemplatePart]], words: Sequence[Word], start: int, end: int, language: Language
) -> bool:
    return any(True for template in templates for _ in match_template(template, words, start, end, language.commands))


def _stated(domain: str, value: str, *, liked: bool, strength: float) -> PreferenceRequest:
    preference = Preference(domain=domain, slot=SLOTS[domain], value=value, liked=liked, strength=strength)
    return PreferenceRequest(kind="state", preference=preference)


class _Reader:
    """Reads the preferences of one request.

    Args:
        text: the request.
        words: its words.
        spans: what may be the statement.
        language: of the request.
    """

    def __init__(self, text: str, words: Sequence[Word], spans: Sequence[tuple[int, int]], language: Language) -> None:
        self._text = text
        self._words = words
        self._spans = spans
        self._language = language

    def matches(self, templates: Sequence[Sequence[TemplatePart]]) -> bool:
        """Return whether the request is one of the templates."""
        return any(_is_match(templates, self._words, start, end, self._language) for start, end in self._spans)

    def state(
        self, templates: Sequence[Sequence[TemplatePart]], *, liked: bool, strength: float
    ) -> PreferenceRequest | None:
        """Return the preference that some templates state; the topic or the value tells its domain."""
        for slots in self._slots(templates):
            if "topic" in slots:
                domain = self._topic(*slots["topic"])
                value = None if domain is None else self.value(domain, *slots["value"])
            else:
                domain, value = self._known_value(*slots["value"])
            if domain is not None and value is not None:
                return _stated(domain, value, liked=liked, strength=strength)
        return None

    def own_statement(self) -> PreferenceRequest | None:
        """Return the preference of a statement that is about one domain alone."""
        for domain, own in self._language.preferences.domains.items():
            for slots in self._slots(own.states):
                value = self.value(domain, *slots["value"])
                if value is not None:
                    return _stated(domain, value, liked=True, strength=BEST)
        return None

    def forget(self) -> PreferenceRequest | None:
        """Return the preference, or the domain, that is taken back."""
        for slots in self._slots(self._language.preferences.forget):
            if "topic" in slots:
                domain = self._topic(*slots["topic"])
                if domain is not None:
                    return PreferenceRequest(kind="forget", domain=domain)
            else:
                domain, value = self._known_value(*slots["value"])
                start, end = slots["value"]
                value = value or self._text[self._words[start].start : self._words[end - 1].end]
                preference = Preference(domain=domain or "", slot=SLOTS.get(domain or "", ""), value=value)
                return PreferenceRequest(kind="forget", preference=preference)
        return None

    def value(self, domain: str, start: int, end: int) -> str | None:
        """Return the value that words name in a domain; None where they are anything else."""
        start, end = self._plain(start, end, self._language.preferences.domains[domain])
        keys = [word.key for word in self._words[start:end]]
        known = self._language.preferences.domains[domain].values.get(tuple(keys))
        if known is not None:
            return known
        language = self._language
        joiners = {joiner[-1] for joiner in language.teaching.joiners}
        empty = language.common | language.articles | language.here
        if not 0 < len(keys) <= _LONGEST_VALUE or keys[0] in language.commands or not joiners.isdisjoint(keys):
            return None
        if all(key in empty for key in keys) or any(word.at_boundary for word in self._words[start + 1 : end]):
            return None
        return self._text[self._words[start].start : self._words[end - 1].end]

    def _known_value(self, start: int, end: int) -> tuple[str | None, str | None]:
        """Return the domain and the value of words that name a known one."""
        for domain, own in self._language.preferences.domains.items():
            first, last = self._plain(start, end, own)
            value = own.values.get(tuple(word.key for word in self._words[first:last]))
            if value is not None:
                return domain, value
        return None, None

    def _plain(self, start: int, end: int, domain: DomainWords) -> tuple[int, int]:
        """Return a value without its article and the noun of its domain, at either end."""
        keys = [word.key for word in self._words]
        while end - start > 1 and keys[start] in self._language.articles:
            start += 1
        if end - start > 1 and keys[end - 1] in domain.topics:
            end -= 1
        elif end - start > 1 and keys[start] in domain.topics:
            start += 1
        return start, end

    def _topic(self, start: int, end: int) -> str | None:
        keys = [word.key for word in self._words[start:end]]
        while len(keys) > 1 and keys[0] in self._language.articles:
            del keys[0]
        domains = self._language.preferences.domains.items()
        return next((domain for domain, own in domains if len(keys) == 1 and keys[0] in own.topics), None)

    def _slots(self, templates: Sequence[Sequence[TemplatePart]]) -> list[dict[str, tuple[int, int]]]:
        return [
            slots
            for template in templates
            for start, end in self._spans
            for slots in match_template(template, self._words, start, end, self._language.commands)
        ]
