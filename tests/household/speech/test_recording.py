import random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sayagain.errors import InputError
from sayagain.household.outcome import CONDITIONS, VOICES, SpeechOutcome
from sayagain.household.speech.recording import SCHEMA, read_recording, write_recording

four_digits = st.integers(0, 10_000).map(lambda number: number / 10_000)
outcomes = st.builds(
    SpeechOutcome,
    request=st.sampled_from(("stop", "turn on the lamp", "what's the time")),
    voice=st.sampled_from(VOICES),
    condition=st.sampled_from(CONDITIONS),
    pace=st.sampled_from(("normal", "slow")),
    loudness=st.sampled_from(("normal", "loud")),
    take=st.integers(0, 5),
    nbest=st.lists(st.tuples(st.text("abc ' 7:", min_size=1), four_digits), max_size=5).map(tuple),
    duration_ms=st.integers(0, 20_000),
    asr_ms=st.integers(0, 2_000),
    no_speech=four_digits,
    level_db=st.integers(-1_200, 0).map(lambda tenths: tenths / 10),
    snr_db=st.integers(-200, 990).map(lambda tenths: tenths / 10),
    wake=four_digits,
)
recordings = st.lists(outcomes, unique_by=lambda outcome: outcome.delivery, max_size=12)


@given(recordings, recordings)
def test_outcomes_are_read_as_written(tmp_path_factory, said, television):
    path = tmp_path_factory.mktemp("round") / "outcomes.parquet"
    write_recording(path, said, television)
    recording = read_recording(path)
    assert recording["request"] == sorted(said, key=lambda outcome: outcome.delivery)
    assert recording["television"] == sorted(television, key=lambda outcome: outcome.delivery)


@given(recordings, st.randoms(use_true_random=False))
def test_the_same_outcomes_in_any_order_are_the_same_bytes(tmp_path_factory, said, shuffler):
    folder = tmp_path_factory.mktemp("bytes")
    write_recording(folder / "a.parquet", said)
    shuffled = list(said)
    shuffler.shuffle(shuffled)
    write_recording(folder / "b.parquet", shuffled)
    assert (folder / "a.parquet").read_bytes() == (folder / "b.parquet").read_bytes()


def test_texts_that_recur_are_stored_once(tmp_path):
    rng = random.Random(1)
    repeated_outcomes = [
        SpeechOutcome(
            request=f"play song {number % 50}",
            voice=rng.choice(VOICES),
            condition="clean",
            take=number // 50 % 100,
            nbest=((f"play song {number % 50}", 0.5),),
            duration_ms=1_000,
            asr_ms=100,
        )
        for number in range(5_000)
    ]
    write_recording(tmp_path / "many.parquet", repeated_outcomes)
    assert (tmp_path / "many.parquet").stat().st_size < 20 * len(repeated_outcomes)


@pytest.mark.parametrize("content", [b"", b"PAR1 but no more"])
def test_a_damaged_file_is_refused_by_name(tmp_path, content):
    path = tmp_path / "outcomes.parquet"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"outcomes\.parquet: not a recording"):
        read_recording(path)


def test_a_missing_file_an_unknown_kind_and_another_table_are_refused(tmp_path):
    with pytest.raises(InputError, match="record_outcomes"):
        read_recording(tmp_path / "none.parquet")
    path = tmp_path / "kind.parquet"
    outcome = SpeechOutcome(request="stop", voice="hts", condition="clean", nbest=(), duration_ms=0, asr_ms=0)
    write_recording(path, [outcome])
    table = pq.read_table(path)
    radio_table = table.set_column(0, SCHEMA.field("kind"), pa.array(["radio"]))
    pq.write_table(radio_table, path)
    with pytest.raises(InputError, match="'radio'"):
        read_recording(path)
    pq.write_table(pa.table({"a": [1]}), path)
    with pytest.raises(InputError, match="not a recording"):
        read_recording(path)
