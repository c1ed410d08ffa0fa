"""Cold start: before anything is learnt, what Home Assistant does not understand is matched to what it does.

A request that it understands is passed on as it is, unless it would be misread: then nothing is done before it was
asked about. What it does not understand is rewritten where one hypothesis is much likelier than any other, asked about
where it is likely, and left alone otherwise. Whatever is passed on, the oracle knows to act on just what is meant.
English has phrasings of its own; the other languages have the sentences of Home Assistant's templates, and what Home
Assistant understands in them is never touched.
"""

import asyncio
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from sayagain.assistants.homeassistant.cold_start.decisions import leave, rewrite
from sayagain.assistants.homeassistant.cold_start.entrances import opens_the_house
from sayagain.assistants.homeassistant.cold_start.home import Client, HomeArea, HomeSnapshot, read_home
from sayagain.assistants.homeassistant.cold_start.known_requests import SentenceEncoder
from sayagain.assistants.homeassistant.cold_start.matcher import Matcher
from sayagain.assistants.homeassistant.cold_start.oracle import Oracle, template_language
from sayagain.assistants.homeassistant.cold_start.request_policy import PreviousRequest, RequestPolicy
from sayagain.assistants.homeassistant.cold_start.states import StateReader
from sayagain.assistants.homeassistant.cold_start.template_matcher import TemplateMatcher
from sayagain.assistants.homeassistant.cold_start.template_policy import TemplatePolicy
from sayagain.assistants.homeassistant.cold_start.transcript_noise import without_noise
from sayagain.languages import DEFAULT, language_of, language_pack, spoken_words
from sayagain.runtime import Decision, Proposal, does_nothing, words_for_nothing
from sayagain.text import too_long
from sayagain.turns import Turn

__all__ = ["LANGUAGES", "ColdStart"]

_log = logging.getLogger(__name__)

LANGUAGES = ("de", "es", "fr", "it", "nl", "pl", "pt", "ru", "sv")
"""Languages besides English whose requests are helped. One is added when the benchmark `cold_start_languages` shows
for it that at most 3% are wrong."""

_PAUSE = 120_000
"""Silence in milliseconds after which a request no longer leans on the one before."""

_CONVERSATIONS = 256
"""Of so many the last request is remembered."""


class ColdStart:
    """Decides on requests to one Home Assistant by what it understands, with nothing learnt.

    Knows nothing until `refresh` was awaited, and then leaves every request as it is. Requests in a language that is
    not helped are always left as they are.

    Args:
        home: to begin with, where it is known already.
        encoder: makes vectors of sentences, for their meaning; without one they are matched by sound alone.

    >>> ColdStart().decide(Turn(turn_id="t", started=0, request="turn of the lamp")).why
    'left as it is: nothing is known of this home yet'
    >>> ColdStart().decide(Turn(turn_id="t", started=0, request="lámpa ki", language="hu")).why
    'left as it is: the cold start does not know “hu” yet'
    """

    def __init__(self, home: HomeSnapshot | None = None, *, encoder: SentenceEncoder | None = None) -> None:
        self._encoder = encoder
        self._policy = RequestPolicy(Matcher(Oracle(home), encoder)) if home is not None else None
        self._before: OrderedDict[str, PreviousRequest] = OrderedDict()
        self._left: set[str] = set()
        self._translated: dict[str, TemplatePolicy] = {}
        self._hypothesis = threading.Lock()
        # Requests are decided on in threads.
        self._lock = threading.Lock()

    async def refresh(self, client: Client) -> None:
        """Take in the home as it is now; does nothing when it has not changed.

        Raises:
            ServiceError: Home Assistant cannot be reached, or refuses.
            MissingExtra: `sayagain[homeassistant]` is not installed.
        """
        home = await read_home(client)
        if self._policy is None or self._policy.matcher.home != home:
            # It takes seconds; decisions go on meanwhile with the home as it was.
            matcher = await asyncio.to_thread(self._made, home)
            self._policy = RequestPolicy(matcher, StateReader(client, asyncio.get_running_loop()).read)
            for language in list(self._translated):
                self._translated[language] = await asyncio.to_thread(_template_policy, home, language)

    def _made(self, home: HomeSnapshot) -> Matcher:
        matcher = Matcher(Oracle(home), self._encoder)
        matcher.warm()
        return matcher

    def propose(self, turn: Turn) -> Proposal | None:
        """Propose what to do with a turn under way; None where it is to be left as it is."""
        decision = self.decide(turn)
        text = decision.ask or decision.text
        matcher = self._matcher(turn)
        if matcher is None or (decision.ask is None and not decision.changed):
            return None
        room = matcher.home.room(turn.device_id, turn.satellite_id)
        heard, meant = (matcher.oracle.read(words, room) for words in (turn.heard, text))
        # What Home Assistant would do without the words that it leaves out is not what was asked for.
        harmful = does_nothing(text, turn.language) or (heard is not None and not heard.asks and bool(heard.left))
        probability = decision.probability
        if decision.ask is not None and probability is not None:
            probability = 1 - probability
        return Proposal(
            text=text,
            probability=probability,
            asks=decision.ask is not None,
            ask_each_time=meant is None or opens_the_house(meant, matcher.home),
            may_hold_out=heard is None,
            otherwise=words_for_nothing(turn.language) if harmful else None,
            why=decision.why,
        )

    def remember(self, turn: Turn, decision: Decision) -> None:
        """Keep what was passed on or asked about: the next request of the conversation may lean on it."""
        key, policy = _conversation(turn), self._policy
        if key is None or policy is None or decision.reply is not None:
            return
        room = policy.matcher.home.room(turn.device_id, turn.satellite_id)
        with self._lock:
            self._before[key] = PreviousRequest(text=decision.ask or decision.text, room=room, at=turn.started)
            self._before.move_to_end(key)
            while len(self._before) > _CONVERSATIONS:
                self._before.popitem(last=False)

    def decide(self, turn: Turn) -> Decision:
        """Return what would be done with a turn under way, whatever users did about it before."""
        policy, heard = self._policy, turn.heard
        if too_long(heard):
            # Home Assistant's matchers take minutes over some pages.
            return leave(heard, "so long a request is not rewritten")
        language = language_of(turn.language) or DEFAULT
        if language != DEFAULT and language not in LANGUAGES:
            self._report(language)
            return leave(heard, f"the cold start does not know “{language}” yet")
        if policy is None:
            return leave(heard, "nothing is known of this home yet")
        if language != DEFAULT:
            return self._decide_by_templates(policy.matcher.home, turn, template_language(turn.language) or language)
        room = policy.matcher.home.room(turn.device_id, turn.satellite_id)
        key = _conversation(turn)
        before = self._before.get(key) if key is not None else None
        if before is not None and turn.started - before.at > _PAUSE:
            before = None
        oracle = policy.matcher.oracle
        decision = _decide_without_noise(lambda said: policy.decide(said, room, before), heard, language, oracle, room)
        self.remember(turn, decision)
        return decision

    def understands(self, words: str, turn: Turn, /) -> bool | None:
        """Return whether Home Assistant would act on a request and take account of all of it; None if unknown.

        Source: as in `Oracle`; see `sayagain.runtime.Oracle` for the arguments.
        """
        matcher = self._matcher(turn)
        if matcher is None or too_long(words):
            return None
        room = matcher.home.room(turn.device_id, turn.satellite_id)
        hypothesis = matcher.oracle.read(words, room)
        if hypothesis is not None and not hypothesis.left and not hypothesis.guessed:
            return True
        return matcher.oracle.recognises(words, room)

    def knows_name(self, name: str, turn: Turn, /) -> bool | None:
        """Return whether a thing, a room or a floor has this name, with or without an article; None if unknown."""
        matcher = self._matcher(turn)
        pack = language_pack(language_of(turn.language) or DEFAULT)
        if matcher is None or pack is None:
            return None
        home = matcher.home
        spoken = spoken_words(name, pack)
        plain = spoken[1:] if spoken and spoken[0] in pack.articles else spoken
        known_names = [
            *(known for entity in home.exposed for known in entity.names),
            *(known for area in home.areas for known in area.names),
            *(known for floor in home.floors for known in floor.names),
        ]
        return any(spoken_words(known, pack) in {spoken, plain} for known in known_names)

    def _matcher(self, turn: Turn) -> Matcher | TemplateMatcher | None:
        language = language_of(turn.language) or DEFAULT
        if language == DEFAULT:
            return None if self._policy is None else self._policy.matcher
        policy = self._translated.get(template_language(turn.language) or language)
        return None if policy is None else policy.matcher

    def _report(self, language: str) -> None:
        """Say once in the log that requests in a language are not helped."""
        with self._lock:
            known = language in self._left
            self._left.add(language)
        if not known:
            _log.warning("the cold start does not know “%s” yet: requests in it are passed on as they are", language)

    def _decide_by_templates(self, home: HomeSnapshot, turn: Turn, language: str) -> Decision:
        """Decide on a request in another language than English."""
        policy = self._translated.get(language)
        if policy is None:
            # The first request in a language makes its sentences, past the front's deadline; no other waits.
            if not self._hypothesis.acquire(blocking=False):
                return leave(turn.heard, "the sentences of its language are still being made")
            try:
                policy = self._translated[language] = _template_policy(home, language)
            finally:
                self._hypothesis.release()
        room = policy.matcher.home.room(turn.device_id, turn.satellite_id)
        oracle, code = policy.matcher.oracle, policy.matcher.language.code
        return _decide_without_noise(lambda said: policy.decide(said, room), turn.heard, code, oracle, room)


def _conversation(turn: Turn) -> str | None:
    """Return the key of the conversation of a turn; None where nothing tells."""
    return turn.conversation_id or turn.session_id or turn.satellite_id or turn.device_id or turn.user_id


def _decide_without_noise(
    decide: Callable[[str], Decision], heard: str, language: str, oracle: Oracle, room: HomeArea | None
) -> Decision:
    """Decide on a request without what its recogniser made up."""
    said = without_noise(heard, language)
    if said == heard.strip() or not said:
        return decide(heard)
    decision = msgspec.structs.replace(decide(said), heard=heard)
    if decision.ask is not None:
        return msgspec.structs.replace(decision, text=heard)
    if decision.changed:
        return decision
    noisy, clean = (oracle.read(words, room) for words in (heard, said))
    if noisy is not None and clean is not None and noisy.meaning == clean.meaning:
        return leave(heard, "Home Assistant understands it")
    return rewrite(heard, said, 1.0, "what the recogniser made up at its end or its beginning is left out")


def _template_policy(home: HomeSnapshot, language: str) -> TemplatePolicy:
    pack = language_pack(language_of(language) or language)
    assert pack is not None, language
    return TemplatePolicy(TemplateMatcher(Oracle(home, language), pack))
