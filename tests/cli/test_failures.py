import pytest


@pytest.mark.usefixtures("learnt")
def test_failures_are_counted_by_stage_and_grouped_by_request(run):
    shown = run("failures")
    assert "120 of 360 turns failed" in shown.out
    assert shown.out.count("“turn of the lamp”") >= 1
    assert max(map(len, shown.out.splitlines())) <= 80
    assert shown.err == ""
    report = run("failures", "--json").json
    assert report["by"] == "stage"
    assert report["causes"][0]["words"] == "turn of the lamp"
    assert report["causes"][0]["times"] == 120
    assert sum(group["failed"] for group in report["groups"]) == report["failed"] == 120


@pytest.mark.usefixtures("learnt")
def test_failures_of_a_period_by_device(run):
    report = run("failures", "--since", "24h", "--by", "device", "--json").json
    assert report["failed"] < 120
    assert {group["name"] for group in report["groups"]} == {f"d{user}" for user in range(30)}
    shown = run("failures", "--since", "24h", "--by", "device").out
    assert "mostly asr" in shown


def test_failures_before_learning_say_what_to_run(run, log):
    run("ingest", log)
    ran = run("failures")
    assert ran.code == 0
    assert ran.err.endswith("run: sayagain learn\n")


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("--since", "soon"), '"since" is "soon"; expected 24h, 7d, 2w, or a time such as 2026-01-31T08:00:00Z'),
        (("--limit", "0"), "--limit is 0; expected 1 or more"),
    ],
)
@pytest.mark.usefixtures("learnt")
def test_a_mistake_is_named(run, arguments, error):
    ran = run("failures", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert error in ran.err


@pytest.mark.usefixtures("learnt")
def test_a_dimension_that_there_is_not(run):
    assert run("failures", "--by", "mood").code == 2


@pytest.mark.usefixtures("learnt")
def test_the_shares_are_saved_as_a_plot(run, tmp_path):
    ran = run("failures", "--by", "device", "--plot", tmp_path / "failures.svg")
    assert (ran.code, ran.err) == (0, f"the plot is in {tmp_path / 'failures.svg'}\n")
    plot = (tmp_path / "failures.svg").read_text(encoding="utf-8")
    assert plot.count("<circle") == 30
    assert "Failed turns by device" in plot
    assert run("failures", "--plot", tmp_path / "missing" / "failures.svg").code == 2


@pytest.mark.usefixtures("learnt")
def test_the_gain_of_a_release_is_saved_as_a_plot(run, tmp_path):
    assert run("evaluate", "--plot", tmp_path / "gain.svg").code == 0
    assert "release 1" in (tmp_path / "gain.svg").read_text(encoding="utf-8")
    ran = run("evaluate", "--policy", "--plot", tmp_path / "gain.svg")
    assert (ran.code, ran.out) == (2, "")
    assert "leave out --policy" in ran.err
