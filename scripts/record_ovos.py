"""Record what a real OVOS puts on its bus, for the contract suite: python scripts/record_ovos.py OVOS_BIN OUT.jsonl."""

import json
import sys
import tempfile
from pathlib import Path

from real_ovos import Message, RealOvos, session_of
from stand_in_service import StandIn

from sayagain.assistants.ovos.bus import parse_message

REWRITES = {"halo there": "hello there"}


def main(programs: Path, out: Path) -> None:
    """Speak to two OVOS, one with and one without a skill that says that it did not understand."""
    with StandIn(REWRITES) as service, tempfile.TemporaryDirectory() as folder:
        plugin = {"url": service.url, "deadline": 5_000}
        with RealOvos(programs, Path(folder, "a"), plugin=plugin) as ovos:
            kitchen_and_hall(ovos)
            recorded = list(ovos.messages)
        with RealOvos(programs, Path(folder, "b"), fallback=False) as ovos:
            attic(ovos)
            recorded += ovos.messages
    sessions = {"kitchen-1", "hall-2", "attic-3"}
    events = [parse_message(each, each["at"]) for each in recorded if session_of(each) in sessions]
    lines = [json.dumps(event, sort_keys=True) for event in events if event is not None]
    out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(f"{out}: {len(lines)} messages")


def kitchen_and_hall(ovos: RealOvos) -> None:
    """Understood, rewritten, not understood, an error, two at once, an answer cut short by voice and by a stop."""
    ovos.say("hello there", session="kitchen-1")
    ovos.say("thank you", session="hall-2", site="hall")
    ovos.say("halo there", "hello bear", session="kitchen-1")
    ovos.say("purple monkey fridge", session="kitchen-1")
    ovos.say("maximum volume", "maxim volume", session="hall-2", site="hall")
    # Its handler waits for the end of what it says, so the next utterance is handled before it.
    ovos.emit_utterance("hello world", session="hall-2", site="hall")
    spoken = ovos.spoken("hall-2", "hello world")
    sounds(ovos, spoken, "start")
    ovos.say("thanks", session="hall-2", site="hall")
    sounds(ovos, spoken, "end")
    ovos.handled_all("hall-2")
    cut = ovos.say("how are you", session="kitchen-1")
    answer = next(each for each in cut if each["type"] == "speak")
    sounds(ovos, answer, "start")
    ovos.emit("recognizer_loop:record_begin", {}, {"session": {"session_id": "kitchen-1"}})
    sounds(ovos, answer, "end")
    ovos.say("what year is it", session="kitchen-1")
    ovos.say("what day is it", session="hall-2", site="hall")
    sounds(ovos, ovos.spoken("hall-2", "what day is it"), "start")
    ovos.say("stop", session="hall-2", site="hall")
    # Needs the network, which is not there.
    ovos.say("what time is it in paris", session="kitchen-1")


def attic(ovos: RealOvos) -> None:
    """Without the plugin and without a fallback."""
    ovos.say("purple monkey fridge", session="attic-3", site="attic")
    ovos.say("what time is it", session="attic-3", site="attic")


def sounds(ovos: RealOvos, answer: Message, edge: str) -> None:
    """Play the part of ovos-audio, which forwards the message that it speaks."""
    ovos.emit(f"recognizer_loop:audio_output_{edge}", {}, answer["context"])


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
