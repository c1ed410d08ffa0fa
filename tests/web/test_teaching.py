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
    assert problem(home.client.get("/v1/taught"), 422)["detail"] == "user_id is missing"
    problem(home.client.delete("/v1/taught", params={"user_id": "u"}), 422)
