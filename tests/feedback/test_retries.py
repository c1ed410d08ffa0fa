import pytest

from sayagain.feedback import repeat, rephrase
from sayagain.turns import Response

LOST = {"response": Response(type="error", error_code="no_intent_match")}


@pytest.mark.parametrize(("detector", "again"), [(repeat, "friend door"), (rephrase, "lock front door")])
def test_the_longer_it_takes_the_weaker_until_it_is_none(session, detector, again):
    def signals_after(wait):
        return detector(session(("friend door", LOST), (again, {"started": wait})))

    soon, late = signals_after(2_000)[0].strength, signals_after(30_000)[0].strength
    assert soon > late > 0
    assert signals_after(61_000) == []
    assert detector(session(("friend door", LOST), (again, {"started": 30_000})), window=20_000) == []
