def test_what_is_taught_counts_at_once_for_that_user_alone_until_it_is_forgotten(home):
    client = home.client
    lesson = {"user_id": "u 1&2", "phrase": "Study mode", "means": "set the desk lamp to 40 percent"}
    assert client.post("/v1/teach", json=lesson).json()["phrase"] == "Study mode"

    def said(user):
        return client.post("/v1/rewrite", json={"request": "study mode!", "user_id": user}).json()

    assert (said("u 1&2")["text"], said("u 1&2")["layer"]) == (lesson["means"], "taught")
    assert said("other")["text"] == "study mode!"
    listed = client.get("/v1/taught", params={"user_id": "u 1&2"}).json()
    assert [each["means"] for each in listed] == [lesson["means"]]
    assert client.get("/v1/taught", params={"user_id": "other"}).json() == []
    which = {"user_id": "u 1&2", "phrase": "study mode, please"}
    assert client.delete("/v1/taught", params=which).json() == {"forgotten": True}
    assert client.delete("/v1/taught", params=which).json() == {"forgotten": False}
    assert said("u 1&2")["text"] == "study mode!"


def test_what_cannot_be_taught_is_a_problem(home, problem):
    sent = {"user_id": "u", "phrase": "lamp on", "means": "Lamp on!"}
    assert "same request" in problem(home.client.post("/v1/teach", json=sent), 422)["detail"]
    assert "phrase" in problem(home.client.post("/v1/teach", json={"user_id": "u", "means": "x"}), 422)["detail"]
    problem(home.client.delete("/v1/taught", params={"user_id": "u"}), 422)


def test_without_a_user_it_is_taught_to_the_household(home):
    client = home.client
    lesson = {"home": "hut", "phrase": "bedtime", "means": "all lights off"}
    assert client.post("/v1/teach", json=lesson).json()["scope"] == "household"

    def said(**fields):
        return client.post("/v1/rewrite", json={"request": "bedtime", **fields}).json()["text"]

    assert said(home="hut") == said(home="hut", user_id="ann") == "all lights off"
    assert said(home="flat") == said() == said(user_id="ann") == "bedtime"
    assert [each["home"] for each in client.get("/v1/taught", params={"home": "hut"}).json()] == ["hut"]
    assert client.get("/v1/taught").json() == []
    assert client.delete("/v1/taught", params={"home": "hut", "phrase": "bedtime"}).json() == {"forgotten": True}
    assert said(home="hut") == "bedtime"


LESSON = "when I say study mode, I mean water the roses"


def say(client, words, headers=None, **query):
    sent = {"request": words, "home": "hut", "device_id": "d", "language": "en"}
    return client.post("/v1/rewrite", json=sent, headers=headers, params={"converse": "true", **query}).json()


def test_people_teach_in_conversation_where_the_caller_answers_with_the_reply(home):
    client = home.client
    asked = say(client, LESSON)
    assert asked["reply"] == "When you say “study mode”, should I take it as “water the roses”?"
    assert say(client, "yes")["reply"].startswith("All right.")
    assert say(client, "study mode")["text"] == "water the roses"
    assert [each["source"] for each in client.get("/v1/taught", params={"home": "hut"}).json()] == [[LESSON, "yes"]]


def test_a_caller_that_does_not_ask_for_it_gets_no_reply_and_opens_no_exchange(home):
    assert say(home.client, LESSON, converse="false")["reply"] is None
    assert say(home.client, "yes")["reply"] is None
    assert home.client.get("/v1/taught", params={"home": "hut"}).json() == []


def test_several_requests_need_a_caller_that_takes_steps(home):
    lesson = "when I say study mode, dim the roses and play jazz"
    assert "do not know how" in say(home.client, lesson)["reply"]
    assert say(home.client, lesson, steps="true")["reply"].startswith("When you say")
    say(home.client, "yes", steps="true")
    assert say(home.client, "study mode")["steps"] == ["dim the roses", "play jazz"]


def test_a_token_without_the_scope_teaches_nothing(home, make_token):
    speaks = make_token(home.store, "rewrite", name="speaks")
    teaches = make_token(home.store, "rewrite", "teach", name="teaches")
    assert say(home.client, LESSON, speaks)["reply"] is None
    assert say(home.client, LESSON, teaches)["reply"] is not None


def test_the_answer_may_reach_another_process(open_service):
    first, second = open_service(), open_service()
    say(first.client, LESSON)
    assert say(second.client, "yes")["reply"].startswith("All right.")
    assert say(first.client, "study mode")["text"] == "water the roses"


def test_a_preference_fills_what_its_user_leaves_open(home, problem):
    client = home.client
    sent = {"user_id": "ann", "domain": "music", "value": "jazz"}
    kept = client.post("/v1/preferences", json=sent).json()
    assert kept["preference"] == {"domain": "music", "slot": "genre", "value": "jazz", "liked": True, "strength": 0.7}

    def said(user):
        return client.post("/v1/rewrite", json={"request": "play some music", "user_id": user}).json()["text"]

    assert (said("ann"), said("bob")) == ("play jazz", "play some music")
    assert [each["means"] for each in client.get("/v1/preferences", params={"user_id": "ann"}).json()] == ["jazz"]
    assert client.get("/v1/taught", params={"user_id": "ann"}).json() == []
    assert client.delete("/v1/taught", params={"user_id": "ann", "phrase": "music"}).json() == {"forgotten": True}
    assert said("ann") == "play some music"
    problem(client.post("/v1/preferences", json={"domain": "music", "value": "?!"}), 422)
