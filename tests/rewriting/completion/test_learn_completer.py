import msgspec

from sayagain.languages import language_pack
from sayagain.rewriting.completion.completer import Completer
from sayagain.rewriting.completion.learn_completer import Example, learn_completer
from sayagain.rewriting.completion.utterance import read_utterance

ENGLISH = language_pack("en")
NAMES = ("anna", "bert", "clara", "doris", "emil", "frieda", "gustav", "hanna", "igor", "jonas", "klara", "luis")


def read(text, *, by_user=True):
    return read_utterance(text, ENGLISH.references, by_user=by_user)


def examples():
    """Dialogues in which "her" is who called, and "it" nothing that was said."""
    made = []
    for n in range(120):
        name, other = NAMES[n % len(NAMES)], NAMES[(n * 5 + 1) % len(NAMES)]
        context = (read(f"did {other} write"), read(f"no but there is a call from {name}", by_user=False))
        for request, meant in (("tell her i am late", f"tell {name} i am late"), ("stop it now", "stop it now")):
            made.append(Example(context=context, request=read(request), meant=read(meant), group=f"dialogue {n}"))
    return made


def test_what_a_reference_stands_for_is_learnt_from_what_people_wrote_out():
    completer = Completer(learn_completer(examples(), ENGLISH))
    context = [read("did moritz write"), read("no but there is a call from zelda", by_user=False)]
    assert completer.complete(context, read("tell her i am late"), ENGLISH)[0].text == "tell zelda i am late"
    assert not completer.complete(context, read("stop it now"), ENGLISH)


def test_the_same_examples_give_the_same_bytes_and_name_no_dialogue():
    first, second = (msgspec.msgpack.encode(learn_completer(examples(), ENGLISH)) for _ in range(2))
    assert first == second
    assert b"dialogue" not in first
