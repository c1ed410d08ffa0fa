from sayagain.failures.training.log_styles import style_log
from sayagain.turns import sessions


def test_a_style_is_the_same_for_a_whole_log_and_keeps_the_words(home_log):
    log = sessions(home_log)
    styles = set()
    for seed in range(12):
        styled = style_log(log, seed=seed)
        assert [t.heard for s in styled for t in s.turns] == [t.heard for s in log for t in s.turns]
        assert styled == style_log(log, seed=seed)
        lacking = {(t.wake is None, t.asr is None, t.nlu is None, not t.actions) for s in styled for t in s.turns}
        assert len(lacking) == 1
        styles |= lacking
    assert len(styles) > 3
