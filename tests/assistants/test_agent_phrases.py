import msgspec
import pytest

from sayagain.assistants.agent_phrases import agent_phrases
from sayagain.languages import language_codes


@pytest.mark.parametrize("code", language_codes())
def test_every_language_with_a_pack_has_its_own(code):
    phrases = agent_phrases(code)
    assert all(msgspec.structs.astuple(phrases))
    assert phrases.question.count("{}") == 1
    assert code == "en" or set(msgspec.structs.astuple(phrases)).isdisjoint(
        msgspec.structs.astuple(agent_phrases("en"))
    )
