"""Logs in several languages: each is learnt for itself, and nothing crosses from one to another."""

import msgspec
import pytest

from sayagain.languages import language_pack
from sayagain.learning.learn import LearnSettings, learn
from sayagain.learning.log_languages import state_languages
from sayagain.releases.contents import open_contents
from sayagain.releases.release import write_release
from sayagain.runtime import Decider
from sayagain.store import user_code
from sayagain.turns import Action, Hypothesis, Nlu, Response, Session, Slot, Turn

DONE = Response(text="ok", type="action_done")
LOST = Response(text="Sorry, I did not get that", type="error", error_code="no_intent_match")
ENGLISH = language_pack("en")
CROSSING = {
    "alles dunkel machen": "de",
    "关掉橱房的灯": "zh",
    "batti bujhao": "hi",
    "turn of the lamb": "hi",  # by its letters, too
}
"""What is said in one language, is not understood, and each time is said again in English, which works."""


def several(worlds, users=30):
    """English speakers as in `misheard`; others say again in English what fails in their own language."""
    log = [msgspec.structs.replace(turn, language="en-GB") for turn in worlds.misheard(users=40)]

    def say(user, n, at, request, language, hypothesis=None):
        known = {"response": LOST} if hypothesis is None else {"response": DONE, "nlu": Nlu(ranking=(hypothesis,))}
        acted = () if hypothesis is None else (Action(target="lamp"),)
        log.append(
            Turn(
                turn_id=f"{user}-{n}",
                started=at,
                request=request,
                user_id=user,
                device_id="kitchen",
                language=language,
                actions=acted,
                **known,
            )
        )

    for u in range(users):
        for place, (request, language) in enumerate(CROSSING.items()):
            user, at = f"{language}{u}", 10_000_000 + u * 1_000 + place * 3_600_000
            say(user, f"{place}a", at, request, language)
            say(user, f"{place}b", at + 5_000, "turn off the lamp", "en", worlds.light_off)
        at = 90_000_000 + u * 1_000
        say(f"de{u}", "c", at, "mach die lampe haus", "de-AT")
        say(f"de{u}", "d", at + 5_000, "mach die lampe aus", "de", worlds.light_off)
        say(f"de{u}", "e", at + 600_000, "mach die lampe an", "de", worlds.light_on)
    return log


@pytest.fixture(params=["packs", "no packs"])
def packs(request, monkeypatch):
    """Whether every language has a pack (English words stand for it), or English alone."""
    every = request.param == "packs"
    for module in ("guardrails.rules", "rewriting.candidates", "rewriting.verified"):
        monkeypatch.setattr(f"sayagain.{module}.language_pack", lambda code: ENGLISH if every or code == "en" else None)
    return every


def opened(folder, log, **settings):
    learnt = learn(log, LearnSettings(holdout=0.0, **settings))
    return Decider(open_contents(write_release(folder, learnt.manifest, learnt.files)), number=1), learnt


def decide(decider, request, language, user="new", hypothesis=None):
    nlu = None if hypothesis is None else Nlu(ranking=(hypothesis,))
    return decider.decide(Turn(turn_id="x", started=0, request=request, user_id=user, language=language, nlu=nlu), [])


@pytest.mark.parametrize("position", ["heard", "parsed"])
def test_nothing_crosses_from_one_language_to_another(tmp_path, worlds, packs, position):
    log = several(worlds)
    decider, learnt = opened(tmp_path, log, position=position)
    assert learnt.manifest.languages == ("en", "de", "hi", "zh")
    for request, language in CROSSING.items():
        for stated in ("en", "de", "hi", "zh", "fr", "*", None, language):
            for user in ("new", f"{language}1"):
                decision = decide(decider, request, stated, user)
                # What is like an English request is one, when it is said in English.
                if (request, stated) != ("turn of the lamb", "en"):
                    assert (decision.text, decision.changed) == (request, False), (stated, user, decision.why)
    # What is learnt within a language is served in it, and in no other.
    for stated, served in (("en", True), ("en-US", True), (None, True), ("*", True), ("de", False), ("fr", False)):
        assert decide(decider, "turn of the lamp", stated).changed is served, stated
    for stated, served in (("de", packs), ("de-CH", packs), (None, packs), ("en", False), ("hi", False)):
        decision = decide(decider, "mach die lampe haus", stated)
        assert decision.text == ("mach die lampe aus" if served else "mach die lampe haus"), (stated, decision.why)
    lines = decider.decide(Turn(turn_id="x", started=0, request="stop it", user_id="new"), []).why
    assert "it states no language, and the release knows several" in lines


def test_the_files_of_each_language_hold_its_words_alone(tmp_path, worlds):
    decider, _ = opened(tmp_path, several(worlds))
    others = decider.contents.others
    assert sorted(others) == ["de", "hi", "zh"]
    assert "mach die lampe haus" in others["de"].table
    assert "mach die lampe haus" not in decider.contents.table
    assert "turn of the lamp" in decider.contents.table
    assert "turn of the lamp" not in others["de"].table
    assert "关掉橱房的灯" in others["zh"].table
    assert {link.rewrite.target for link in others["de"].links.values()} == {"mach die lampe aus"}
    assert {link.rewrite.target for link in decider.contents.links.values()} == {"turn off the lamp"}
    assert not others["zh"].links
    mine = decider.contents.personal[user_code("de1", b"")]
    assert {use.text for use in mine.uses.values()} == {"turn off the lamp"}
    assert {use.text for use in mine.in_language("de").uses.values()} == {"mach die lampe aus", "mach die lampe an"}
    assert decider.contents.others["de"].knowledge_for("de1").own == mine.in_language("de")
    assert not decider.contents.others["zh"].knowledge_for("de1").own.uses
    # Things are called the same in every language.
    assert decider.contents.names == others["zh"].names == {"lamp", "radio"}


def test_a_log_of_one_language_teaches_the_same_as_one_that_states_none(worlds):
    log = worlds.misheard(users=30)
    none = learn(log).files
    for tags in (["en"], ["en-US", "en"], ["en", "*", None]):
        stated = [msgspec.structs.replace(turn, language=tags[n % len(tags)]) for n, turn in enumerate(log)]
        assert {name for name, content in learn(stated).files.items() if content != none[name]} == {"settings.json"}
    unknown = [msgspec.structs.replace(turn, language="*") for turn in log]
    assert learn(unknown).files == none


def test_a_log_that_states_no_language_is_served_to_english_and_to_requests_that_state_none(tmp_path, worlds):
    decider, learnt = opened(tmp_path, worlds.misheard(users=40))
    assert learnt.manifest.languages == ()
    for stated, served in ((None, True), ("*", True), ("und", True), ("en-AU", True), ("de", False)):
        assert decide(decider, "turn of the lamp", stated).changed is served
    assert "the release knows en" in decide(decider, "turn of the lamp", "de").why


def test_a_turn_that_states_no_language_has_the_commonest_of_its_log():
    tags = ("de", "mul", None, "en", "de")
    turns = tuple(Turn(turn_id=str(n), started=n, request="x", language=tag) for n, tag in enumerate(tags))
    (session,) = state_languages([Session(session_id="s", turns=turns)])
    assert [turn.language for turn in session.turns] == ["de", "de", "de", "en", "de"]
    unknown = [Session(session_id="s", turns=(turns[1], turns[2]))]
    assert state_languages(unknown) == unknown


def not_found(worlds, users=40):
    """In a language that no file tells of, a name is misheard, and the request is said again and works."""
    lamb = Hypothesis(intent="HassTurnOff", slots=(Slot("name", "lanp"),))
    log = []
    for user in range(users):
        for visit in range(3):
            at = user * 1_000 + visit * 86_400_000
            for n, (request, hypothesis) in enumerate(
                [("zapp lanp", lamb), ("zapp lamp", worlds.light_off), ("zupp lamp", worlds.light_on)]
            ):
                found = hypothesis is not lamb
                log.append(
                    Turn(
                        turn_id=f"{user}-{visit}-{n}",
                        started=at + (n * 5_000 if n < 2 else 600_000),
                        request=request,
                        user_id=f"u{user}",
                        language="xx",
                        nlu=Nlu(ranking=(hypothesis,)),
                        response=DONE if found else Response(text="?", type="error", error_code="no_valid_targets"),
                        actions=(Action(target="lamp"),) if found else (),
                    )
                )
    return log


@pytest.mark.parametrize("position", ["heard", "parsed"])
def test_without_a_pack_only_what_users_verified_and_the_same_act_is_put_right(tmp_path, worlds, position):
    decider, _ = opened(tmp_path, not_found(worlds), position=position)
    lamb = Hypothesis(intent="HassTurnOff", slots=(Slot("name", "lanp"),)) if position == "parsed" else None
    assert decide(decider, "zapp lanp", "xx", hypothesis=lamb).text == "zapp lamp"
    assert decide(decider, "zapp lanp", None, hypothesis=lamb).text == "zapp lamp"
    # Alike, never heard: a guess. Opposite in a way that nothing tells.
    for request in ("zapp lamb", "zapp die lamp", "zupp lanp", "no zapp lanp"):
        decision = decide(decider, request, "xx")
        assert not decision.changed, request
    assert "there is no language pack for xx, so nothing is guessed in it" in decide(decider, "zapp lampo", "xx").why
    assert not decide(decider, "zapp lamp", "xx", hypothesis=worlds.light_off).changed
