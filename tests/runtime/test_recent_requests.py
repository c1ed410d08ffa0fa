import pytest

from sayagain.learning.learn import LearnSettings, learn
from sayagain.releases.release import write_release
from sayagain.runtime import Runtime
from sayagain.store import open_store
from sayagain.turns import Action, Hypothesis, Nlu, Response, Slot, Turn

DAY = 86_400_000
LATER = 400 * DAY
LOST = Response(text="Sorry, I couldn't understand that", type="error", error_code="no_intent_match")
DONE = Response(text="Done", type="action_done")
ASKED = "what's the weather in wilkerson"


def said(turn_id, request, started, user, slot=None, intent="HassGetWeather"):
    """One turn, understood where a slot is given."""
    if slot is None:
        return Turn(turn_id=turn_id, started=started, request=request, user_id=user, device_id="k", response=LOST)
    return Turn(
        turn_id=turn_id,
        started=started,
        request=request,
        user_id=user,
        device_id="k",
        nlu=Nlu(ranking=(Hypothesis(intent=intent, slots=(Slot("name", slot),)),)),
        response=DONE,
        actions=(Action(target=slot),),
    )


def weather(user, state, started):
    """Wilkerson is not understood, and said again with its state; then something else is asked for."""
    return [
        said(f"{user}-{started}-0", ASKED, started, user),
        said(f"{user}-{started}-1", f"{ASKED} {state}", started + 5_000, user, f"wilkerson {state}"),
        said(f"{user}-{started}-2", "turn on the lamp", started + 65_000, user, "lamp", intent="HassTurnOn"),
    ]


@pytest.fixture(scope="module")
def learnt(worlds):
    log = worlds.misheard(users=40)
    for user in range(30):
        # Fewer live in California, and each of them always means the one there.
        state = "california" if user % 4 == 0 else "washington"
        for visit in range(4):
            log += weather(f"u{user}", state, (user + 1) * 7_000 + (100 + visit) * DAY)
    return learn(log, LearnSettings(holdout=0.0))


@pytest.fixture
def store(tmp_path, learnt):
    write_release(tmp_path / "releases", learnt.manifest, learnt.files)
    with open_store(str(tmp_path / "home.db")) as store:
        store.set_release_in_use(1)
        yield store


def ask(store, tmp_path, user, request=ASKED, **settings):
    return Runtime(store, tmp_path / "releases", **settings).rewrite(
        Turn(turn_id="now", started=LATER + DAY, request=request, user_id=user, device_id="k")
    )


def test_what_worked_for_a_user_a_minute_ago_is_that_users_at_once_and_nobody_elses(store, tmp_path):
    assert ask(store, tmp_path, "carl").text == f"{ASKED} washington"
    store.add_turns(weather("carl", "california", LATER))
    mine, theirs = ask(store, tmp_path, "carl"), ask(store, tmp_path, "dora")
    assert (mine.text, mine.layer) == (f"{ASKED} california", "personal")
    assert theirs.text == f"{ASKED} washington"
    # Who is not known is served by what all users do.
    assert ask(store, tmp_path, None).text == f"{ASKED} washington"


def test_with_personal_learning_off_nothing_is_looked_up(store, tmp_path):
    store.add_turns(weather("carl", "california", LATER))
    assert ask(store, tmp_path, "carl", personal=False).text == f"{ASKED} washington"


def test_what_was_forgotten_is_gone_at_once(store, tmp_path):
    store.add_turns(weather("carl", "california", LATER))
    store.forget_user("carl")
    assert ask(store, tmp_path, "carl").text == f"{ASKED} washington"


def test_what_the_release_was_learnt_from_is_not_counted_twice(store, tmp_path, learnt):
    store.add_turns(weather("carl", "california", learnt.manifest.log_until - 70_000))
    assert ask(store, tmp_path, "carl").text == f"{ASKED} washington"


def test_a_song_does_not_become_the_one_that_is_asked_for_more_often(store, tmp_path):
    popular, other = "play we don't talk about bruno", "play we don't talk anymore"
    for at in range(12):
        store.add_turns([said(f"b{at}", popular, LATER + at * 600_000, "carl", "we don't talk about bruno", "Play")])
    assert ask(store, tmp_path, "carl", other).text == other
