from sayagain.reports.explanation import explanation_sentences
from sayagain.turns import Response, Turn


def test_a_failure_of_execution_is_told_apart_from_a_misunderstanding():
    def told(code):
        response = Response(text="Sorry", type="error", error_code=code)
        return explanation_sentences(Turn(turn_id="t", started=0, request="lock it", response=response), None, (), None)

    assert "What went wrong: the request was understood, but it could not be carried out." in told("failed_to_handle")
    assert "What went wrong: the words were not understood." in told("no_intent_match")
