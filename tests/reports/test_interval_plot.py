import xml.etree.ElementTree as ET

import pytest

from sayagain.reports.interval_plot import IntervalRow, interval_plot

NAMESPACE = "{http://www.w3.org/2000/svg}"


def shapes(plot, kind, style):
    return [shape for shape in ET.fromstring(plot).iter(NAMESPACE + kind) if shape.get("class") == style]


def row(name, value, **given):
    return IntervalRow(name=name, value=value, low=value - 0.05, high=value + 0.05, **given)


def test_each_row_has_a_point_within_its_interval_and_its_figures():
    plot = interval_plot("Failed turns", [row("asr", 0.2), row("nlu", 0.1, earlier=0.3)])
    points, bars = shapes(plot, "circle", "point"), shapes(plot, "line", "bar")
    for point, bar in zip(points, bars, strict=True):
        assert float(bar.get("x1")) < float(point.get("cx")) < float(bar.get("x2"))
    assert float(points[0].get("cx")) > float(points[1].get("cx"))
    (earlier,) = shapes(plot, "line", "earlier")
    assert float(earlier.get("x1")) > float(points[0].get("cx"))
    assert "20.0% [15.0, 25.0]" in plot


@pytest.mark.parametrize("rows", [[], [row("lost", -0.2)], [IntervalRow(name="none", value=0, low=0, high=0)]])
def test_any_rows_give_a_plot_within_its_frame(rows):
    plot = ET.fromstring(interval_plot("t", rows))
    width = float(plot.get("viewBox").split()[2])
    for point in plot.iter(NAMESPACE + "circle"):
        assert 0 < float(point.get("cx")) < width


def test_what_a_log_holds_stays_text():
    plot = interval_plot("<script>", [row("</text><script>alert(1)\x00</script>", 0.2)], note="a & b")
    assert "<script" not in plot
    assert not list(ET.fromstring(plot).iter(NAMESPACE + "script"))
