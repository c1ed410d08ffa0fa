import numpy as np
import pytest

from sayagain.errors import CorruptModel, InputError, ModelError
from sayagain.models import load_encoder, open_model


@pytest.fixture
def items(write):
    rng = np.random.default_rng(1)
    return [
        {"text": rng.normal(size=(turns, write.width)).astype(np.float32), "mask": np.ones(turns, bool)}
        for turns in (3, 1, 7, 2, 3, 5, 1)
    ]


def test_items_of_any_lengths_get_what_each_would_get_alone(write, tmp_path, items):
    model = open_model(write.head(tmp_path / "head"))
    for batch in (1, 2, 64):
        for item, outputs in zip(items, model.run_all(items, batch=batch), strict=True):
            expected = model.run({name: array[None] for name, array in item.items()})
            assert outputs["apart"].shape == item["text"].shape
            assert outputs["apart"] == pytest.approx(expected["apart"][0], abs=1e-6)
            assert outputs["apart"] == pytest.approx(item["text"] - item["text"].mean(0), abs=1e-6)
            assert outputs["whole"].shape == ()


def test_no_items_give_nothing(write, tmp_path):
    assert open_model(write.head(tmp_path / "head")).run_all([]) == []


def test_threads_do_not_change_what_comes_out(write, tmp_path, items):
    folder = write.head(tmp_path / "head")
    one_thread, two_threads = (open_model(folder, threads=threads).run_all(items) for threads in (1, 2))
    assert all((first["apart"] == second["apart"]).all() for first, second in zip(one_thread, two_threads, strict=True))


def test_a_model_trained_with_another_encoder_is_refused(write, tmp_path):
    own_encoder = load_encoder(write.encoder(tmp_path / "right"))
    other_encoder = load_encoder(write.encoder(tmp_path / "wrong", seed=2))
    folder = write.head(tmp_path / "head", encoder=own_encoder.digest)
    assert open_model(folder, encoder=own_encoder).manifest.encoder == own_encoder.digest
    with pytest.raises(ModelError, match=r"was trained with encoder \w{12}…, but this one is \w{12}…; load"):
        open_model(folder, encoder=other_encoder)


def test_what_it_lacks_is_named(write, tmp_path, items):
    model = open_model(write.head(tmp_path / "head"))
    with pytest.raises(InputError, match="apart: mask is missing; it takes text, mask"):
        model.run({"text": items[0]["text"][None]})
    with pytest.raises(InputError, match="item 1: has no mask"):
        model.run_all([items[0], {"text": items[1]["text"]}])


def test_a_damaged_file_is_noticed_before_it_runs(write, tmp_path):
    folder = write.head(tmp_path / "head")
    (folder / "model.onnx").write_bytes(b"")
    with pytest.raises(CorruptModel, match="has SHA-256"):
        open_model(folder)


def test_categories_come_with_the_model(write, tmp_path):
    model = open_model(write.head(tmp_path / "head"))
    assert model.categories.codes([{"domain": "music"}, {"domain": "shopping"}]).tolist() == [[3], [1]]


def test_a_model_that_reads_words_reads_texts_and_pairs(write, tmp_path):
    model = open_model(write.encoder(tmp_path / "encoder"))
    results = model.read(["lamp on", ("lamp on", "radio off"), "play"])
    assert [result["vectors"].shape[0] for result in results] == [4, 7, 3]
    encoder = load_encoder(tmp_path / "encoder")
    assert (results[1]["vectors"] == encoder.tokens([("lamp on", "radio off")])[0].vectors).all()


def test_one_that_takes_vectors_reads_no_words(write, tmp_path):
    with pytest.raises(ModelError, match="apart reads no words; it takes text, mask"):
        open_model(write.head(tmp_path / "head")).read(["lamp on"])
