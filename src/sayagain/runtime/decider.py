"""The one decision path: gather candidates, rank them, let the guardrails refuse, leave it when in doubt."""

import hashlib
import math
from collections.abc import Mapping, Sequence
from functools import lru_cache

import msgspec

from sayagain.exploration import split_holdout
from sayagain.guardrails import names_of
from sayagain.guardrails.candidate_refusal import refuse_candidate
from sayagain.languages import DEFAULT, language_of, request_key
from sayagain.releases.contents import Contents
from sayagain.rewriting.candidates import SOURCES, Candidate, gather
from sayagain.rewriting.change import QUESTION, change_class
from sayagain.rewriting.choice import Choice, choose, keeps_words, may_ask
from sayagain.rewriting.features import NAMES, features
from sayagain.rewriting.knowledge import Knowledge
from sayagain.rewriting.own import PersonalRequests
from sayagain.rewriting.table import TableRow, transcripts
from sayagain.runtime.admission import proposal_id
from sayagain.runtime.candidate_details import CandidateDetails
from sayagain.runtime.candidate_reasons import explain_candidate
from sayagain.runtime.decision import Decision
from sayagain.runtime.original_spelling import original_spelling
from sayagain.runtime.time_budget import LateError, TimeBudget
from sayagain.runtime.turn_language import in_release_language
from sayagain.text import limit_text, normalise, too_long
from sayagain.turns import Asr, Turn

__all__ = ["REMEMBERED", "Decider", "RankedCandidate", "rewrite_id", "words_id"]


REMEMBERED = 1 << 13
"""Cache size for ranked candidates of requests without history or personal requests."""


class RankedCandidate(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate with its probability."""

    candidate: Candidate
    """What could be passed on."""
    probability: float
    """That it is right, in [0, 1]; those of all candidates sum to 1."""


def rewrite_id(heard: str, candidate: Candidate, language: str | None = None) -> str:
    """Name a rewrite by what it does, so that it keeps its name from release to release.

    Words that differ in spelling alone are one rewrite; where the words stay, it is the hypothesis that changes.

    Args:
        heard: the words as heard, normalised.
        candidate: what would be passed on.
        language: of the request; one that is not known is taken for `DEFAULT`.
    """
    return words_id(heard, candidate.text, language, candidate.hypothesis.key)


def words_id(heard: str, text: str, language: str | None = None, hypothesis: str = "") -> str:
    """Name a rewrite by its words, as `rewrite_id` does.

    Args:
        heard: the words as heard.
        text: the words that would be passed on.
        language: as for `rewrite_id`.
        hypothesis: key of the hypothesis that would be passed on, which tells rewrites apart that keep the words.
    """
    heard, target = normalise(heard), normalise(text)
    heard_key = request_key(heard, None if language == DEFAULT else language)
    text = f"{heard_key}\n{target}\n{hypothesis if target == heard else ''}"
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()


class Decider:
    """Decides with one release; any number of threads may share it, since its only state is a cache.

    Args:
        contents: of the release.
        number: of the release, for the log; None for one that is only tried.
        seed: of the holdout.
        withdrawn: rewrites taken back, with the reason, by id.
        deadline: time of a decision, in milliseconds: what is not ready by then is left out; None for no end.
    """

    def __init__(
        self,
        contents: Contents,
        *,
        number: int | None = None,
        seed: int = 1,
        withdrawn: Mapping[str, str] | None = None,
        deadline: float | None = None,
    ) -> None:
        self.contents = contents
        self.number = number
        self.seed = seed
        self.withdrawn = withdrawn or {}
        self.deadline = deadline
        self._by_words = lru_cache(REMEMBERED)(self._weigh_words)

    def weigh(self, turn: Turn, history: Sequence[Turn]) -> list[RankedCandidate]:
        """Return all candidates with their probabilities; the first leaves the request as it is."""
        localised = in_release_language(turn, self.contents)
        if isinstance(localised, str):
            leave = Candidate(text=turn.heard, hypothesis=turn.understood, layer="leave", rank=0)
            return [RankedCandidate(candidate=leave, probability=1.0)]
        knowledge = self._contents(localised).knowledge_for(turn.user_id)
        candidates = gather(localised, history, knowledge, self.contents.settings.position)
        return self._rank(localised, history, candidates, knowledge)

    def language(self, turn: Turn) -> str | None:
        """Return the language of a turn: stated, or the one that the release takes it for; None where it takes none."""
        localised = in_release_language(turn, self.contents)
        return language_of(turn.language if isinstance(localised, str) else localised.language)

    def known(self, turn: Turn) -> TableRow | None:
        """Return what the release knows of the words of a turn, in its language."""
        localised = in_release_language(turn, self.contents)
        return (
            None
            if isinstance(localised, str)
            else self._contents(localised).knowledge.row(normalise(limit_text(turn.heard)))
        )

    def inspect(self, turn: Turn, history: Sequence[Turn]) -> list[CandidateDetails]:
        """Return all that a decision weighs: each candidate with its features and what the guardrails say of it.

        Args:
            turn: as in `decide`.
            history: as in `decide`.
        """
        ranking = self.weigh(turn, history)
        localised = in_release_language(turn, self.contents)
        if isinstance(localised, str) or too_long(turn.heard):
            return []
        candidates, leave = [ranked.candidate for ranked in ranking], ranking[0].candidate
        settings, identity = self.contents.settings, transcripts(localised)[0][0]
        knowledge = self._contents(localised).knowledge_for(turn.user_id)
        rows = features(localised, history, candidates, knowledge, settings.position)
        details = []
        for ranked, row in zip(ranking, rows, strict=True):
            candidate = ranked.candidate
            stays = candidate is leave or keeps_words(turn.heard, candidate, settings.position)
            is_rewrite = not stays and candidate.layer != "none"
            change = change_class(
                leave.hypothesis,
                candidate.hypothesis,
                guessed=candidate.guessed,
                in_context=candidate.in_context,
                completed=bool(candidate.completed),
            )
            details.append(
                CandidateDetails(
                    text=candidate.text,
                    hypothesis=candidate.hypothesis.description,
                    layer=candidate.layer,
                    probability=ranked.probability,
                    change=change if is_rewrite else None,
                    threshold=settings.thresholds.get(change) if is_rewrite else None,
                    refused=self._refuse(localised, leave, candidate, identity, knowledge.own) if is_rewrite else None,
                    rewrite_id=rewrite_id(identity, candidate, localised.language) if is_rewrite else None,
                    features={
                        name: float(value) for name, value in zip(NAMES, row, strict=True) if not math.isnan(value)
                    },
                )
            )
        return details

    def decide(self, turn: Turn, history: Sequence[Turn], recent: PersonalRequests | None = None) -> Decision:
        """Decide for the current turn.

        Args:
            turn: what is known of it so far; its response is ignored.
            history: the turns before it in its session, oldest first.
            recent: what worked for its user since the release was learnt.
        """
        budget = TimeBudget(self.deadline)
        return budget.state(self._decide(turn, history, recent, budget))

    def _decide(
        self, turn: Turn, history: Sequence[Turn], recent: PersonalRequests | None, budget: TimeBudget
    ) -> Decision:
        if too_long(turn.heard):
            return self._leave(turn, "so long a request is not rewritten", 0.0)
        localised = in_release_language(turn, self.contents)
        if isinstance(localised, str):
            return self._leave(turn, localised, 0.0)
        turn = localised
        own = self._own(turn, recent)
        ranking = self._ranked_candidates(turn, history, own, budget)
        if ranking is None:
            return self._leave(turn, "nothing is known that would do better", 0.0)
        identity = transcripts(turn)[0][0]
        leave = ranking[0].candidate
        choice = choose(
            turn.heard,
            [ranked.candidate for ranked in ranking],
            [ranked.probability for ranked in ranking],
            self.contents.settings.position,
            lambda candidate: self._refuse(turn, leave, candidate, identity, own),
        )
        if choice.candidate is None:
            return self._question(turn, leave, choice, identity, own) or self._leave(
                turn, choice.refused or "nothing is known that would do better", 0.0
            )
        threshold = self.contents.settings.thresholds.get(choice.change, math.inf)
        if choice.probability < threshold:
            sure = f"{choice.candidate.description(turn.heard)} is {choice.probability:.0%} sure"
            needs = f"{threshold:.0%}" if threshold < 1 else "more than there is"
            reason = choice.refused or f"{sure}; this kind of change ({choice.change}) needs {needs}"
            question = self._question(turn, leave, choice, identity, own)
            return question or self._leave(turn, reason, choice.probability)
        return self._serve(
            turn, choice.candidate, choice.probability, rewrite_id(identity, choice.candidate, turn.language), own
        )

    def _contents(self, turn: Turn) -> Contents:
        """Return the contents in the language that a turn states; it is one of the release."""
        return self.contents.others.get(turn.language or "", self.contents)

    def _own(self, turn: Turn, recent: PersonalRequests | None) -> PersonalRequests:
        """Return the requests of a turn's user in its language, those of the release and recent ones."""
        contents = self._contents(turn)
        own = contents.knowledge_for(turn.user_id).own
        later = recent.in_language(contents.other_language) if recent is not None else None
        return own.join(later) if later is not None and later.uses else own

    def _ranked_candidates(
        self, turn: Turn, history: Sequence[Turn], own: PersonalRequests, budget: TimeBudget
    ) -> Sequence[RankedCandidate] | None:
        """Return all candidates as `weigh` does, or None at once where leaving the request is the only choice."""
        position = self.contents.settings.position
        knowledge = msgspec.structs.replace(self._contents(turn).knowledge, own=own)
        words_alone = not history and not own.uses and turn.applied_rewrite is None
        # An added source may use the room, the user or the time.
        words_alone = words_alone and not SOURCES.added and turn.context is None
        if words_alone and (position == "heard" or turn.nlu is None):
            # The ranking depends on the words alone, and requests repeat themselves.
            try:
                return self._by_words(turn.request, turn.asr, turn.language)
            except LateError as late:
                budget.left_out += late.left_out
                ranking: Sequence[RankedCandidate] | None = late.ranking
                return ranking
        knowledge = msgspec.structs.replace(knowledge, search=budget.search(self._contents(turn).search_until))
        candidates = gather(turn, history, knowledge, position)
        if not self._has_rewrite(turn, candidates):
            return None
        return self._rank(turn, history, candidates, knowledge)

    def _weigh_words(self, request: str, asr: Asr | None, language: str | None) -> Sequence[RankedCandidate] | None:
        turn = Turn(turn_id="", started=0, request=request, asr=asr, language=language)
        contents, budget = self._contents(turn), TimeBudget(self.deadline)
        knowledge = msgspec.structs.replace(contents.knowledge, search=budget.search(contents.search_until))
        candidates = gather(turn, (), knowledge, self.contents.settings.position)
        ranking = self._rank(turn, (), candidates, knowledge) if self._has_rewrite(turn, candidates) else None
        if budget.left_out:
            # Raised, not returned, so that it is not cached: the next time it may be ready.
            raise LateError(ranking, budget.left_out)
        return ranking

    def _has_rewrite(self, turn: Turn, candidates: Sequence[Candidate]) -> bool:
        position = self.contents.settings.position
        return any(
            candidate.layer != "none" and not keeps_words(turn.heard, candidate, position)
            for candidate in candidates[1:]
        )

    def _rank(
        self, turn: Turn, history: Sequence[Turn], candidates: Sequence[Candidate], knowledge: Knowledge
    ) -> list[RankedCandidate]:
        rows = features(turn, history, candidates, knowledge, self.contents.settings.position)
        probabilities = self.contents.ranker.probabilities(rows, [0])
        return [
            RankedCandidate(candidate=candidate, probability=float(p))
            for candidate, p in zip(candidates, probabilities, strict=True)
        ]

    def _question(
        self, turn: Turn, leave: Candidate, choice: Choice, heard: str, own: PersonalRequests
    ) -> Decision | None:
        """Ask about the likeliest rewrite, if it was refused and a yes is all that it needs; else None.

        Only about what users showed they mean by these very words, and no more often in vain than promised.
        """
        candidate, probability = choice.refused_candidate, choice.refused_probability
        settings = self.contents.settings
        if candidate is None or not may_ask(candidate, settings.position):
            return None
        if probability < settings.thresholds.get(QUESTION, math.inf):
            return None
        if self._refuse(turn, leave, candidate, heard, own, renaming=True, confirmed=True) is not None:
            return None
        return Decision(
            heard=turn.heard,
            text=turn.heard,
            probability=1 - probability,
            rewrite_id=rewrite_id(heard, candidate, turn.language),
            release=self.number,
            ask=original_spelling(self._contents(turn).knowledge, turn, candidate, own),
            ask_each_time=self._refuse(turn, leave, candidate, heard, own, renaming=True) is not None,
            why=f"asked first, since {choice.refused}; {self.explain(turn, candidate, probability)}",
        )

    def _refuse(
        self,
        turn: Turn,
        leave: Candidate,
        candidate: Candidate,
        heard: str,
        own: PersonalRequests,
        *,
        renaming: bool = False,
        confirmed: bool = False,
    ) -> str | None:
        identity = rewrite_id(heard, candidate, turn.language)
        # A release from a log without languages gave ids without one.
        id_without_language = rewrite_id(heard, candidate) if self.contents.in_language(DEFAULT) is None else identity
        proposed = proposal_id(heard, candidate.text, home=turn.home, language=turn.language) if self.withdrawn else ""
        for name in (identity, id_without_language, proposed):
            if name in self.withdrawn:
                return f"it was withdrawn: {self.withdrawn[name]}"
        contents = self._contents(turn)
        personal_names = names_of((slot.name, slot.value) for use in own.uses.values() for slot in use.hypothesis.slots)
        return refuse_candidate(
            turn,
            leave,
            candidate,
            blocked=self.contents.settings.blocked,
            names=contents.names | personal_names if personal_names else contents.names,
            worked=contents.knowledge.worked,
            rewrite_id=identity,
            confirmed=confirmed,
            renaming=renaming,
        )

    def _leave(self, turn: Turn, why: str, probability: float) -> Decision:
        return Decision(
            heard=turn.heard,
            text=turn.heard,
            probability=1 - probability,
            release=self.number,
            why=f"left as it is: {why}",
        )

    def _serve(
        self, turn: Turn, candidate: Candidate, probability: float, identity: str, own: PersonalRequests
    ) -> Decision:
        settings = self.contents.settings
        holdout = split_holdout(
            seed=self.seed,
            release=self.number or 0,
            unit=turn.turn_id,
            rewrite_id=identity,
            share=settings.holdout if self.number is not None else 0.0,
        )
        if holdout.left_alone:
            return Decision(
                heard=turn.heard,
                text=turn.heard,
                probability=1 - probability,
                propensity=holdout.propensity,
                rewrite_id=identity,
                release=self.number,
                arm="holdout",
                why=f"left as it is: {settings.holdout:.0%} are kept back to learn what a rewrite is worth",
            )
        return Decision(
            heard=turn.heard,
            text=original_spelling(self._contents(turn).knowledge, turn, candidate, own),
            hypothesis=candidate.hypothesis,
            layer=candidate.layer,
            probability=probability,
            propensity=holdout.propensity,
            rewrite_id=identity,
            release=self.number,
            why=self.explain(turn, candidate, probability),
        )

    def explain(self, turn: Turn, candidate: Candidate, probability: float) -> str:
        """Explain in plain words what supports a candidate."""
        return explain_candidate(self._contents(turn).knowledge, turn, candidate, probability)
