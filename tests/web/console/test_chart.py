"""Charts: bars add up, lines stay inside, and no style or text is part of the drawing."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.web.console.chart import Chart, Series, draw, top_of


def chart(kind="bars", unit="count", **series):
    made = [Series(name=name, values=values) for name, values in series.items()]
    return Chart(title="t", kind=kind, unit=unit, at=[0] * len(made[0].values), series=made)


def test_bars_stand_on_each_other():
    drawing = draw(chart(a=[2.0, 0.0], b=[6.0, 4.0]))
    bars = re.findall(r'class="(s\d)" x="[\d.]+" y="([\d.]+)" width="[\d.]+" height="([\d.]+)"', drawing)
    assert [(name, float(y), float(height)) for name, y, height in bars] == [
        ("s0", 75.0, 25.0),
        ("s1", 0.0, 75.0),
        ("s1", 50.0, 50.0),
    ]


def test_a_line_leaves_out_what_is_missing_and_has_its_interval():
    series = Series(name="a", values=[0.1, None, 0.2], low=[0.05, 0.0, 0.1], high=[0.2, 0.3, 0.3])
    drawing = draw(Chart(title="t", kind="line", unit="share", at=[0, 1, 2], series=[series]))
    assert 'points="0.00,66.67 100.00,33.33"' in drawing
    assert "polygon" in drawing


def test_no_style_and_no_text_is_drawn():
    drawing = draw(chart(**{"<script>": [1.0]}))
    assert "style" not in drawing
    assert "script" not in drawing


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=20), st.sampled_from(["bars", "line"]))
def test_nothing_is_drawn_above_the_top(values, kind):
    made = chart(kind, a=values)
    assert top_of(made) >= max(values)
    assert all(float(y) >= -0.01 for y in re.findall(r' y="(-?[\d.]+)"', draw(made)))


@pytest.mark.parametrize(("highest", "top"), [(0.03, 0.05), (0.31, 0.5), (0.8, 1.0), (0.0, 0.05)])
def test_the_top_of_shares_is_round(highest, top):
    assert top_of(chart("line", "share", a=[highest])) == top
