"""The runtime: one request answered with the release in use, and the turn observed afterwards."""

import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from sayagain.config import Anonymous
from sayagain.errors import ReleaseError, StoreError
from sayagain.feedback import state_failure
from sayagain.languages import language_of
from sayagain.releases.contents import open_contents
from sayagain.releases.file_watch import FileWatch
from sayagain.releases.release import is_retired, open_release, release_folder
from sayagain.runtime.admission import admit_proposal
from sayagain.runtime.decider import Decider, words_id
from sayagain.runtime.decision import Decision
from sayagain.runtime.live_correction import LiveCorrection
from sayagain.runtime.oracle import Oracle
from sayagain.runtime.past_turns import latest_turns, same_session
from sayagain.runtime.preference_source import preference_decision
from sayagain.runtime.proposal import Proposal
from sayagain.runtime.recent_requests import LATEST, recent_requests
from sayagain.runtime.release_oracle import ReleaseOracle
from sayagain.runtime.taught_source import objection, taught_decision
from sayagain.runtime.teaching_dialogue import TeachingDialogue
from sayagain.store import Added, Store
from sayagain.teaching import Taught, lesson_in_language, lesson_owners, replace_taught, without_teaching
from sayagain.turns import HISTORY, SESSION_GAP, AppliedRewrite, Context, Session, Turn, sessions

__all__ = ["Runtime"]

_FILE_LOOKS = 10
"""How many looks at the store come to one at the files of the release."""


class Runtime:
    """Answers requests and notices by itself when another release is promoted.

    Args:
        store: the log; it names the release in use.
        releases: the folder of the releases.
        seed: of the holdout.
        session_gap: silence that ends a session, in milliseconds.
        blocked: words, intents and ids that no lesson may touch or produce; a release brings its own besides.
        holdout: share of admitted rewrites that are kept back; a release brings its own.
        anonymous: the unit of turns without a user id: whose lessons apply to them.
        personal: whether what worked for a user is used for that user at once.
        deadline: time of a decision, in milliseconds; None for no end.

    A release that cannot be opened is refused: the one before it serves on, and `trouble` says why. One that is open
    serves on whatever happens to its files, and `damage` says what did.
    """

    def __init__(
        self,
        store: Store,
        releases: Path,
        *,
        seed: int = 1,
        session_gap: int = SESSION_GAP,
        blocked: Collection[str] = (),
        holdout: float = 0.0,
        anonymous: Anonymous = "one",
        personal: bool = True,
        deadline: float | None = None,
    ) -> None:
        self._store = store
        self._releases = releases
        self._seed = seed
        self._gap = session_gap
        self._blocked = tuple(blocked)
        self._holdout = holdout
        self._anonymous: Anonymous = anonymous
        self._personal = personal
        self._deadline = deadline
        self.dialogue = TeachingDialogue(store, self.objection, self.history, anonymous=anonymous)
        """Answers what teaches."""
        self._withdrawn: Mapping[str, str] = {}
        self._lock = threading.Lock()
        self._counter: int | None = None
        self._decider: Decider | None = None
        self._files: FileWatch | None = None
        self._watched = False
        self._correction = LiveCorrection(store, self._past)
        self._one_home, self._learnt_until = False, 0
        self.trouble: str | None = None
        """Why the release that should be in use is not; None where it is."""
        self.damage: str | None = None
        """What happened to the files of the release in use after they were opened, as far as it is watched."""
        self.oracle: Oracle | None = None
        """What the assistant understands, if whoever attached it can tell; without it, the release in use tells."""

    @property
    def decider(self) -> Decider | None:
        """What decides now; None when no release is in use."""
        if not self._watched:
            self.look()
        return self._decider

    @contextmanager
    def watched(self, every: int = 100) -> Iterator[None]:
        """Look for another release in a thread of its own while inside, so that no request waits for one to be opened.

        What is promoted or withdrawn counts as soon as it is noticed; until then, what decided before goes on deciding.

        Args:
            every: how often the store is asked, in milliseconds.
        """
        ended = threading.Event()

        def watch() -> None:
            looks = 0
            while not ended.wait(every / 1000):
                # While the store does not answer, what is open decides on.
                with suppress(StoreError):
                    self.look()
                looks += 1
                if not looks % _FILE_LOOKS:
                    self.damage = None if self._files is None else self._files.damage()

        self.look()
        watching = threading.Thread(target=watch, name="sayagain-watch", daemon=True)
        self._watched = True
        watching.start()
        try:
            yield
        finally:
            ended.set()
            watching.join()
            self._watched = False

    def look(self) -> None:
        """Ask the store whether anything was promoted or withdrawn, and if so, decide with that from now on."""
        counter = self._store.change_counter()
        if counter != self._counter:
            with self._lock:
                # Read again: what changes from here on is noticed the next time.
                counter = self._store.change_counter()
                if counter != self._counter:
                    self._swap()
                    self._counter = counter

    def rewrite(
        self,
        request: str | Turn,
        *,
        user: str | None = None,
        device: str | None = None,
        context: Context | None = None,
        at: int = 0,
        language: str | None = None,
        proposal: Proposal | None = None,
    ) -> Decision:
        """Decide what to pass on for one request.

        Args:
            request: the words as heard, or a turn under way with all that is known of it (n-best, hypotheses).
            user: who speaks, where known; ignored for a turn, which says so itself.
            device: the device spoken to; likewise.
            context: the situation; likewise.
            at: when, in milliseconds since 1970-01-01 UTC; 0 leaves the session so far out of account.
            language: of the request (BCP 47), where known; likewise.
            proposal: what another source, such as the cold start, would do where nothing taught or learnt applies.
        """
        turn = request
        if not isinstance(turn, Turn):
            turn = Turn(
                turn_id=f"{user}/{device}/{at}/{turn}",
                started=at,
                request=turn,
                user_id=user,
                device_id=device,
                context=context,
                language=language,
            )
        decider = self.decider
        lesson_decision = self._lesson_decision(turn, decider)
        if lesson_decision is not None:
            return lesson_decision
        decision = self._learnt_decision(turn, decider)
        # A request that is held out is left as it is on purpose.
        if proposal is None or decision.changed or decision.ask is not None or decision.arm is not None:
            return decision
        return self._admit(turn, proposal, decider)

    def converse(self, turn: Turn, *, takes_steps: bool = False, proposal: Proposal | None = None) -> Decision:
        """Decide for one request as `rewrite` does, and answer what teaches, takes back or asks about lessons.

        Lessons are kept and forgotten on the way, so only a front calls it that gives the user `Decision.reply`, and
        once for each request.

        Args:
            turn: under way.
            takes_steps: whether the front passes `Decision.steps` on, one after the other.
            proposal: as for `rewrite`.
        """
        decider = self.decider
        if decider is not None and not self._one_home and turn.user_id is None and turn.home is None:
            # The log has several users, so whoever speaks may be a stranger to the next one who does.
            return self.rewrite(turn, proposal=proposal)
        oracle = ReleaseOracle(decider, self.oracle)
        language = self.language(turn)
        answer = self.dialogue.answer(turn, language, oracle, takes_steps=takes_steps)
        if answer is not None:
            return answer
        decision = self.rewrite(turn, proposal=proposal)
        if self.oracle is None:
            # A log alone cannot tell words that are unknown from an answer that failed for another reason.
            return decision
        return self.dialogue.ask_about_gap(turn, decision, language, oracle, session_gap=self._gap) or decision

    def language(self, turn: Turn) -> str | None:
        """Return the language (ISO 639) of a turn, stated or as the release in use takes it; None where it is open."""
        decider = self.decider
        return language_of(turn.language) if decider is None else decider.language(turn)

    def objection(self, lesson: Taught) -> str | None:
        """Say why what a user wants to teach would be refused, or None."""
        return objection(lesson, lesson.means, blocked=self._forbidden(self.decider), withdrawn=self._withdrawn)

    def history(self, turn: Turn) -> list[Turn]:
        """Return the turns before this one in its session, oldest first; none for a turn without a time or owner."""
        return same_session(turn, latest_turns(self._store, turn, HISTORY), self._gap)

    def observe(self, turn: Turn, decision: Decision | None = None) -> None:
        """Log a turn with what was applied to it; durable when this returns.

        Args:
            turn: the whole turn.
            decision: what was decided for it, unless the turn says so itself.
        """
        if decision is not None and turn.applied_rewrite is None and decision.rewrite_id is not None:
            applied: AppliedRewrite = decision.applied
            turn = msgspec.structs.replace(turn, applied_rewrite=applied)
        self.observe_all([turn])

    def observe_all(self, turns: Sequence[Turn]) -> Added:
        """Log turns, and withdraw at once what they object to; durable when this returns.

        Args:
            turns: whole turns; those of one session in order of time.
        """
        added = self._store.add_turns(turns)
        # One look at each session, from its latest turn.
        latest = {
            (turn.home, turn.user_id, turn.device_id or turn.satellite_id, turn.session_id): turn for turn in turns
        }
        for turn in latest.values():
            so_far = [*self.history(turn), self._store.turn(turn.turn_id) or turn]
            self._correction.observe(so_far, one_home=self._one_home)
        return added

    def session_of(self, turn: Turn) -> Session:
        """Return the session of a logged turn, with what came after it."""
        nearby_turns = self._store.turns(
            since=turn.started - 10 * self._gap, until=turn.started + 10 * self._gap, user_id=turn.user_id
        )
        matches = (
            session
            for session in sessions(nearby_turns, gap=self._gap)
            if any(logged.turn_id == turn.turn_id for logged in session.turns)
        )
        return next(matches, Session(session_id=turn.session_id or turn.turn_id, turns=(turn,)))

    def reconsider(self, turn: Turn) -> None:
        """Judge the rewrites of the session of a logged turn anew, by all that is known of it now."""
        self.review([self.session_of(turn)])

    def review(self, sessions: Iterable[Session]) -> None:
        """Judge the rewrites of whole sessions anew; for logs that came in as a file."""
        self._correction.review(sessions, one_home=self._one_home)

    def _learnt_decision(self, turn: Turn, decider: Decider | None) -> Decision:
        if decider is None:
            return Decision(heard=turn.heard, text=turn.heard, why="left as it is: no release is in use")
        tail = latest_turns(self._store, turn, LATEST)
        history = without_teaching(same_session(turn, tail[-HISTORY:], self._gap))
        recent, contents = None, decider.contents
        if self._personal and contents.settings.position != "read":
            recent = recent_requests(turn, tail, since=self._learnt_until, gap=self._gap, others=contents.others)
        decision = decider.decide(turn, [state_failure(replace_taught(earlier)) for earlier in history], recent)
        return self._correction.check(decision, turn.user_id, one_home=self._one_home)

    def _admit(self, turn: Turn, proposal: Proposal, decider: Decider | None) -> Decision:
        language = self.language(turn)
        same_rewrite = words_id(turn.heard, proposal.text, language)

        def check(decision: Decision) -> Decision:
            # Who objected to the same words when a release passed them on objects to these, too.
            learnt = msgspec.structs.replace(decision, rewrite_id=same_rewrite)
            checked = self._correction.check(learnt, turn.user_id, one_home=self._one_home)
            if not checked.changed and checked.ask is None:
                return checked
            # A proposal concerns one home, whose people are one unit.
            own = msgspec.structs.replace(checked, rewrite_id=decision.rewrite_id)
            return self._correction.check(own, None, one_home=True)

        return admit_proposal(
            turn,
            proposal,
            language=language,
            withdrawn=self._withdrawn,
            check=check,
            same_rewrite=same_rewrite,
            blocked=self._forbidden(decider),
            release=None if decider is None else decider.number,
            seed=self._seed,
            share=self._holdout,
        )

    def _past(self, turn: Turn) -> tuple[float, float]:
        decider = self.decider
        row = decider.known(turn) if decider is not None else None
        return (row.heard - row.failed, row.failed) if row is not None else (0.0, 0.0)

    def _lesson_decision(self, turn: Turn, decider: Decider | None) -> Decision | None:
        language, owners = self.language(turn), lesson_owners(turn, self._anonymous)
        if not owners:
            return None
        names: list[Taught] = []
        oracle = self.oracle

        # A lookup in the store each time: unlike a release, lessons change often and count at once.
        def lookup(phrase: str) -> Taught | None:
            lessons = self._store.taught(owners, phrase, names=True)
            names[:] = [lesson for owner in owners for lesson in lessons if lesson.is_name and lesson.owner == owner]
            about = [lesson for lesson in lessons if lesson.key == phrase]
            by_owner = ([lesson for lesson in about if lesson.owner == owner] for owner in owners)
            return next((lesson for own in by_owner if (lesson := lesson_in_language(own, language))), None)

        number = None if decider is None else decider.number
        blocked = self._forbidden(decider)
        is_understood = None if oracle is None else lambda words: oracle.understands(words, turn)
        decision = taught_decision(
            turn,
            lookup,
            names=lambda: [lesson for lesson in names if lesson.language in {None, language}],
            is_understood=is_understood,
            blocked=blocked,
            withdrawn=self._withdrawn,
            release=number,
            language=language,
        )
        return decision or preference_decision(
            turn,
            lambda: self._store.taught(owners),
            owners,
            is_understood=is_understood,
            blocked=blocked,
            withdrawn=self._withdrawn,
            release=number,
            language=language,
        )

    def _forbidden(self, decider: Decider | None) -> tuple[str, ...]:
        return self._blocked if decider is None else (*self._blocked, *decider.contents.settings.blocked)

    def _swap(self) -> None:
        withdrawn: Mapping[str, str] = self._store.withdrawn()
        numbers = [promotion.number for promotion in self._store.promotions() if promotion.undone is None]
        failures: list[str] = []
        serving, decider, files = self._decider, None, None
        # The release in use; if it is damaged, the one in use before it, and so on.
        for number in reversed(numbers):
            if number is None:
                break
            try:
                # One that serves already is opened no second time: a withdrawal takes no time, and what is open is
                # whole, whatever its files are now. Its folder is another once a user was removed from it.
                folder = release_folder(self._releases, number)
                is_gone = folder is None and not is_retired(self._releases, number)
                if (
                    serving is not None
                    and serving.number == number
                    and self._files is not None
                    and (is_gone or folder == self._files.folder)
                ):
                    contents, files = serving.contents, self._files
                else:
                    release = open_release(self._releases, number)
                    contents = open_contents(release, self._store.user_key())
                    files = FileWatch(self._releases, number, release.folder)
                    manifest = release.manifest
                    self._learnt_until = manifest.log_until or 0
                    self._one_home = manifest.counts.get("users", 0) <= 1 or manifest.settings.get("min_users") == 1
            except ReleaseError as error:
                failures.append(str(error))
                continue
            decider = Decider(contents, number=number, seed=self._seed, withdrawn=withdrawn, deadline=self._deadline)
            break
        # Set once it is whole, so that no request that comes in meanwhile finds nothing.
        self._withdrawn = withdrawn
        if files is not self._files:
            self.damage = None
        self._decider, self._files = decider, files
        consequence = "nothing is rewritten" if decider is None else f"release {decider.number} serves on"
        self.trouble = f"{'; '.join(failures)}; {consequence}" if failures else None
