"""Draw the household's statistics as SVG and print them as the tables of docs/household.md.

    python scripts/draw_household.py --weeks 10

Needs the extra `household`, altair and vl-convert-python (the dependency group `pictures`).
"""

import argparse
from pathlib import Path

import altair as alt
import vl_convert

from sayagain.household import Replay, Statistics, measure

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"


def main() -> None:
    """Replay, measure, draw, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weeks", type=int, default=10)
    asked = parser.parse_args()
    replay = Replay()
    found = measure(replay.step() for _ in range(asked.weeks))
    FOLDER.mkdir(parents=True, exist_ok=True)
    points = {name: share for name, share in found.failure_points.items() if name != "correct"}
    draw("failure-points", "Where a request breaks", points, "share of all turns")
    draw(
        "after-defects", "What people do after a wrong answer", found.reactions_after_defects, "share of wrong answers"
    )
    draw(
        "after-successes",
        "What people do after a right answer",
        found.reactions_after_successes,
        "share of right answers",
    )
    print_figures(found)


def draw(name: str, title: str, shares: dict[str, float], axis: str) -> None:
    """Write one bar chart."""
    rows = [{"name": key, "share": share} for key, share in shares.items() if share >= 0.001]
    bars = alt.Chart(alt.Data(values=rows), title=title).encode(
        x=alt.X("share:Q", title=axis, axis=alt.Axis(format=".0%")),
        y=alt.Y("name:N", title=None, sort="-x"),
    )
    chart = bars.mark_bar(color="#4c78a8") + bars.mark_text(align="left", dx=3).encode(
        text=alt.Text("share:Q", format=".1%")
    )
    chart = chart.properties(width=420, height=22 * len(rows)).configure_view(stroke=None).configure(background="white")
    svg = vl_convert.vegalite_to_svg(chart.to_dict())
    (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")


def print_figures(found: Statistics) -> None:
    """Print the figures that docs/household.md states."""
    print(f"turns {found.turns:,}; people {found.users}; sessions a home and day {found.sessions_a_day:.1f}")
    print(f"word error rate {found.word_error_rate:.1%}; turns with any word misheard {found.misheard_rate:.1%}")
    print(f"not understood {found.no_hypothesis_rate:.1%}; defect rate {found.defect_rate:.1%}")
    print("failure points: " + ", ".join(f"{name} {share:.1%}" for name, share in found.failure_points.items()))
    print(
        f"same words said again after a wrong answer {found.repeats_after_defects:.1%}, "
        f"after a right one {found.repeats_after_successes:.1%}"
    )
    print(f"cut in after a wrong answer {found.barge_ins[0]:.1%}, after a right one {found.barge_ins[1]:.1%}")


if __name__ == "__main__":
    main()
