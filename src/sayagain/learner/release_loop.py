"""The part of `Learner` that learns: releases written, compared, put into use and taken back."""

from contextlib import AbstractContextManager

from sayagain.errors import GateRefused, InputError, ReleaseError
from sayagain.evaluation import Report, from_metrics, gate
from sayagain.learner.erase_user import erase_from_releases
from sayagain.learner.expire_log import expire_log
from sayagain.learner.learn_release import learn_release, learn_settings, try_release_in_use
from sayagain.learner.log_window import LogWindow, read_window
from sayagain.learner.open_log import OpenLog
from sayagain.learner.policy_estimate import PolicyEstimate, estimate_policy
from sayagain.learner.release_lines import release_lines
from sayagain.learning.learn import LearningResult, LearnSettings, settings_of
from sayagain.models import Progress
from sayagain.releases.contents import open_contents
from sayagain.releases.erasure import retire_release
from sayagain.releases.release import Manifest, Release, is_retired, list_releases, open_release, write_release
from sayagain.reports.records import ReleaseLine
from sayagain.runtime import Decider
from sayagain.turns import sessions

__all__ = ["ReleaseLoop"]


class ReleaseLoop(OpenLog):
    """From the log to a release in use, and back."""

    def learn(self, *, progress: Progress | None = None) -> Release:
        """Learn from the whole log and write a release; the latest fifth is first held out for a trial replay.

        Raises:
            InputError: the log is empty.
        """
        expire_log(self.store, self.releases, self.settings.keep_days, history=self.settings.history_folder)
        if self.store.erasures():
            erase_from_releases(self.store, self.releases, self._learn_again)
        while True:
            erasures = self.store.erasure_count()
            settings = learn_settings(self.settings)
            with self._read(settings, progress=progress) as window:
                if not window.turns:
                    raise InputError(f"{self.settings.db_name}: the log is empty; run: sayagain ingest LOG")
                result = self._learn(window, settings, progress)
            release = write_release(self.releases, result.manifest, result.files)
            self.store.set_judgements(result.judgements)
            self.runtime.review(sessions(window.turns, gap=self.settings.session_gap))
            if self.store.erasure_count() == erasures:
                break
            # Somebody was forgotten meanwhile, whose turns this release was learnt from.
            retire_release(self.releases, release.number)
        if progress is not None:
            progress("learning", 2, 2)
        return release

    def evaluate(self, release: Release | int | None = None) -> Report:
        """Report on a release beside the one in use; the newest when none is named."""
        candidate = self.release(release)
        new = from_metrics(candidate.manifest.metrics)
        in_use = self.store.release_in_use()
        old = None
        if in_use is not None and in_use != candidate.number:
            old = try_release_in_use(
                self.store, self.releases, in_use, candidate, lambda settings, until: self._read(settings, until=until)
            )
        better, reason = gate(new, old, promised=candidate.manifest.promised)
        return Report(release=candidate.number, in_use=in_use, result=new, in_use_result=old, better=better, why=reason)

    def estimate_policy(self, release: Release | int | None = None) -> PolicyEstimate:
        """Estimate what a release would have been worth as the policy of the logged decisions (off-policy).

        The newest when none is named. Decisions count if they were logged with their propensity and judged since.
        """
        candidate = self.release(release)
        contents = open_contents(candidate, self.store.user_key())
        # Without a number nothing is kept back: the share counts instead.
        decider = Decider(contents, seed=self.settings.seed, withdrawn=self.store.withdrawn())
        return estimate_policy(
            self.store.turns(),
            self.store.judgement,
            decider.decide,
            release=candidate.number,
            share=contents.settings.holdout,
        )

    def promote(self, release: Release | int | None = None, *, force: bool = False, by_policy: bool = False) -> Release:
        """Put a release into use; the newest when none is named.

        Args:
            release: the release.
            force: promote it whatever the replay shows.
            by_policy: promote it only if the off-policy estimate, too, says that it is better.

        Raises:
            GateRefused: its replay shows no sure gain, or the estimate cannot tell, and `force` is not given.
            CorruptRelease: a file of it is not the one that was written.
        """
        candidate = self.release(release)
        report = self.evaluate(candidate)
        if not report.better and not force:
            raise GateRefused(
                f"release {candidate.number} was not promoted: {report.why}; use force to promote it anyway"
            )
        policy = self.estimate_policy(candidate) if by_policy and not force else None
        if policy is not None and policy.verdict != "better":
            raise GateRefused(f"release {candidate.number} was not promoted: {policy.verdict}: {policy.why}")
        self.store.set_release_in_use(candidate.number, note="forced" if not report.better else report.why)
        return candidate

    def rollback(self) -> int | None:
        """Return to the release before the one in use that was not deleted since; its number, or None for none."""
        number = self.store.roll_back()
        while number is not None and is_retired(self.releases, number):
            number = self.store.roll_back()
        return number

    def release(self, release: Release | int | None = None) -> Release:
        """Open a release by its number, checking every byte; the newest when none is named."""
        if isinstance(release, Release):
            return open_release(self.releases, release.number)
        numbers = list_releases(self.releases)
        if release is None and not numbers:
            raise ReleaseError(f"{self.settings.db_name}: there is no release yet; run: sayagain learn")
        return open_release(self.releases, numbers[-1] if release is None else release)

    def release_list(self) -> list[ReleaseLine]:
        """Return all releases, oldest first; damaged ones say what is wrong."""
        return release_lines(self.releases, self.store.release_in_use())

    def _learn_again(self, manifest: Manifest) -> LearningResult | None:
        """Learn a release again from what is left of its log."""
        settings = settings_of(manifest)
        with self._read(settings, since=manifest.log_since, until=manifest.log_until) as window:
            return self._learn(window, settings) if window.turns else None

    def _learn(self, window: LogWindow, settings: LearnSettings, progress: Progress | None = None) -> LearningResult:
        return learn_release(
            window.turns,
            settings,
            self.releases,
            key=self.store.user_key(),
            withdrawn=self.store.withdrawn(),
            progress=progress,
            older=window.older,
        )

    def _read(
        self,
        settings: LearnSettings,
        *,
        since: int | None = None,
        until: int | None = None,
        progress: Progress | None = None,
    ) -> AbstractContextManager[LogWindow]:
        """Read the log, or its part between two turns."""
        return read_window(self.store, self.settings, settings, since=since, until=until, progress=progress)

    def _decider(self, release: Release) -> Decider:
        return Decider(open_contents(release, self.store.user_key()), withdrawn=self.store.withdrawn())
