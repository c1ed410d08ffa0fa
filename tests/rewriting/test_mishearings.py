from sayagain.rewriting.mishearings import HeardPair, Mishearings, learn_mishearings


def heard(pairs, unit="u"):
    return [HeardPair(*pair, unit) for pair in pairs]


def test_a_phrase_is_learnt_where_it_mostly_stands_for_another():
    pairs = heard([("uh this song", "add this song"), ("uh my song", "add my song")])
    assert learn_mishearings(pairs).restore("uh that") == "add that"


def test_the_beginning_of_a_request_is_told_from_its_middle():
    pairs = heard([("at this song", "add this song"), ("at my song", "add my song")])
    pairs += heard([(text, text) for text in ("be at home", "wake me at two", "lunch at one", "dinner at six")] * 3)
    learnt = learn_mishearings(pairs)
    assert learnt.restore("at a song") == "add a song"
    assert learnt.restore("wake me at one") == "wake me at one"


def test_what_mostly_means_itself_is_left():
    pairs = heard([("play fifty songs", "play 50 songs")] * 2 + [("fifty degrees", "fifty degrees")] * 9)
    assert learn_mishearings(pairs).restore("fifty degrees") == "fifty degrees"


def test_what_happened_once_is_left():
    assert learn_mishearings(heard([("uh this", "add this")])).phrases == {}


def test_a_phrase_needs_enough_users():
    pairs = [HeardPair("uh this", "add this", session) for session in ("s1", "s2")]
    assert learn_mishearings(pairs, min_users=2).phrases
    one_home = {"s1": "home", "s2": "home"}
    assert learn_mishearings(pairs, min_users=2, units=one_home).phrases == {}


def test_the_longest_phrase_is_replaced_first():
    mishearings = Mishearings({"play list": "playlist", "^ play": "^ pay"})
    assert mishearings.restore("play list") == "pay list"
    assert mishearings.restore("my play list") == "my playlist"
