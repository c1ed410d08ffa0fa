import msgspec
import pytest

from sayagain.config import Settings, home_zone, load_settings
from sayagain.errors import SettingError


def load(tmp_path, arguments=None, environment=None, toml=None):
    if toml is not None:
        (tmp_path / "sayagain.toml").write_text(toml, encoding="utf-8")
    return load_settings(arguments, environment=environment or {}, folder=tmp_path)


def test_nothing_said_gives_the_defaults(tmp_path):
    assert load(tmp_path) == Settings()
    assert load(tmp_path, {"db": None, "holdout": None}, {"SAYAGAIN_SOMETHING": "x", "DB": "y"}) == Settings()


@pytest.mark.parametrize(
    ("arguments", "environment", "toml", "holdout"),
    [
        ({"holdout": 0.1}, {"SAYAGAIN_HOLDOUT": "0.2"}, "holdout = 0.3", 0.1),
        ({"holdout": None}, {"SAYAGAIN_HOLDOUT": "0.2"}, "holdout = 0.3", 0.2),
        ({}, {}, "holdout = 0.3", 0.3),
        ({"holdout": 0}, {"SAYAGAIN_HOLDOUT": "0.2"}, None, 0.0),
    ],
)
def test_arguments_come_before_the_environment_and_that_before_the_file(
    tmp_path, arguments, environment, toml, holdout
):
    assert load(tmp_path, arguments, environment, toml).holdout == holdout


def test_the_process_is_asked_where_nothing_else_is_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SAYAGAIN_DB", "other.db")
    (tmp_path / "sayagain.toml").write_text("seed = 7", encoding="utf-8")
    settings = load_settings()
    assert (settings.db, settings.seed) == ("other.db", 7)


def test_the_file_may_be_anywhere(tmp_path):
    elsewhere = tmp_path / "elsewhere.toml"
    elsewhere.write_text("seed = 9", encoding="utf-8")
    assert load(tmp_path, environment={"SAYAGAIN_CONFIG": str(elsewhere)}, toml="seed = 3").seed == 9


ALL = {
    "db": "x.db",
    "releases": "/shared/releases",
    "position": "read",
    "session_gap": 1_000,
    "goal_gap": 2_000,
    "personal": False,
    "shipped_judge": False,
    "min_users": 3,
    "anonymous": "device",
    "recent": 10,
    "in_memory": 20,
    "step_memory": "500MB",
    "holdout": 0.5,
    "wins_per_loss": 2.5,
    "deadline": 5.0,
    "seed": -4,
    "blocked": ("oven", "front door"),
    "keep_days": 30,
    "max_expansion": 1_000,
    "max_rejects": 0,
    "zone": "Europe/Berlin",
}


def written(value):
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_every_setting_can_be_given_in_every_way(tmp_path):
    assert set(Settings.__struct_fields__) == set(ALL)
    expected = Settings(**ALL)
    assert load(tmp_path, ALL) == expected
    assert load(tmp_path, environment={f"SAYAGAIN_{k.upper()}": written(v) for k, v in ALL.items()}) == expected
    toml = "\n".join(f"{k} = {msgspec.json.encode(v).decode()}" for k, v in ALL.items())
    assert load(tmp_path, toml=toml) == expected


@pytest.mark.parametrize(
    ("text", "blocked"), [("", ()), (" ", ()), ("oven", ("oven",)), ("oven,, a door ,", ("oven", "a door"))]
)
def test_a_list_in_the_environment_is_parted_by_commas(tmp_path, text, blocked):
    assert load(tmp_path, environment={"SAYAGAIN_BLOCKED": text}).blocked == blocked


WRONG = {
    "db": ["", 5],
    "releases": ["", 5],
    "position": ["seen", 1],
    "session_gap": [0, -1, 1.5, "soon"],
    "goal_gap": [0, "soon"],
    "personal": ["perhaps", 2],
    "shipped_judge": ["perhaps", 2],
    "min_users": [0, "all"],
    "anonymous": ["none", 1],
    "recent": [0, "all"],
    "in_memory": [0, "all"],
    "step_memory": ["", "much", 5],
    "holdout": [-0.01, 1.0, "some", float("nan")],
    "wins_per_loss": [0, -1, "much", float("inf"), float("nan")],
    "deadline": [0, -1, "soon"],
    "seed": ["dice", 1.5],
    "blocked": [5, [1]],
    "keep_days": [0, "all"],
    "max_expansion": [0, "far"],
    "max_rejects": [-1, 1.5, "all"],
    "zone": ["", 5],
}


def test_every_setting_is_tried_with_what_is_wrong():
    assert set(WRONG) == set(Settings.__struct_fields__)


def sentence(error, where, value):
    text = str(error.value)
    assert text.startswith(f"{where} is {value!r}: expected "), text
    assert "\n" not in text
    return text


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_value_is_told_with_where_it_stands_and_what_was_expected(tmp_path, name, value):
    with pytest.raises(SettingError) as error:
        load(tmp_path, {name: value})
    sentence(error, f"--{name.replace('_', '-')}", value)
    if isinstance(value, str):
        with pytest.raises(SettingError) as error:
            load(tmp_path, environment={f"SAYAGAIN_{name.upper()}": value})
        sentence(error, f"SAYAGAIN_{name.upper()}", value)
    toml = {"nan": "nan", "inf": "inf"}.get(str(value)) or msgspec.json.encode(value).decode()
    with pytest.raises(SettingError) as error:
        load(tmp_path, toml=f"{name} = {toml}")
    sentence(error, f"{tmp_path / 'sayagain.toml'}: {name}", value)


def test_of_a_choice_all_are_told(tmp_path):
    with pytest.raises(SettingError, match=r"^--position is 'seen': expected one of heard, parsed, read$"):
        load(tmp_path, {"position": "seen"})


def test_a_setting_that_does_not_exist_is_told_with_those_that_do(tmp_path):
    with pytest.raises(SettingError, match=r"^--speed: there is no setting speed; there are: db, releases, position, "):
        load(tmp_path, {"speed": 1})
    with pytest.raises(SettingError, match=r"sayagain\.toml: colour: there is no setting colour"):
        load(tmp_path, toml="colour = 1")


def test_a_file_that_cannot_be_read_is_told(tmp_path):
    with pytest.raises(SettingError, match=r"sayagain\.toml: is not TOML \("):
        load(tmp_path, toml="seed = = 1")
    with pytest.raises(SettingError, match=r"nowhere\.toml: cannot be read \("):
        load(tmp_path, environment={"SAYAGAIN_CONFIG": str(tmp_path / "nowhere.toml")})
    with pytest.raises(SettingError, match=r"cannot be read \("):
        load(tmp_path, environment={"SAYAGAIN_CONFIG": str(tmp_path)})
    (tmp_path / "sayagain.toml").write_bytes(b"db = '\xff'")
    with pytest.raises(SettingError, match=r"sayagain\.toml: cannot be read \("):
        load(tmp_path)


@pytest.mark.parametrize(
    ("db", "shown"),
    [
        ("home.db", "home.db"),
        ("a:b@c.db", "a:b@c.db"),
        ("postgresql://host/db", "postgresql://host/db"),
        ("postgresql://me@host/db", "postgresql://me@host/db"),
        ("postgresql://me:s3cret@host/db", "postgresql://me:***@host/db"),
        ("POSTGRES://me:s3@cret@host/db", "POSTGRES://me:***@host/db"),
        ("postgresql://me:s3/c?ret@host/db", "postgresql://me:***@host/db"),
        ("postgresql://:s3cret@/db?host=/run", "postgresql://:***@/db?host=/run"),
        ("postgresql://host/db?user=me&PassWord=s3@cret&x=1", "postgresql://host/db?user=me&PassWord=***&x=1"),
        ("postgresql://host/db?sslpassword=s3cret", "postgresql://host/db?sslpassword=***"),
    ],
)
def test_a_password_is_never_shown(db, shown, tmp_path):
    assert load(tmp_path, {"db": db}).db_name == shown


def test_a_setting_that_holds_an_address_is_refused_without_its_password(tmp_path):
    with pytest.raises(SettingError) as caught:
        load(tmp_path, environment={"SAYAGAIN_SEED": "postgresql://me:s3cret@host/db"})
    assert "s3cret" not in str(caught.value)


def test_releases_stand_beside_a_file_and_in_a_folder_of_their_own_for_a_server(tmp_path):
    def folder(**arguments):
        return str(load(tmp_path, arguments).releases_folder)

    assert folder() == "sayagain.db-releases"
    assert folder(db="/data/home.db") == "/data/home.db-releases"
    assert folder(db="postgresql://host/db") == "sayagain-releases"
    assert (
        folder(db="postgresql://host/db", releases="/shared") == folder(db="home.db", releases="/shared") == "/shared"
    )
    assert str(load(tmp_path, environment={"SAYAGAIN_RELEASES": "there"}).releases_folder) == "there"


def test_the_zone_of_the_home_is_one_that_there_is():
    assert home_zone(load_settings({}, environment={"SAYAGAIN_ZONE": "Asia/Tokyo"})).key == "Asia/Tokyo"
    for name in ("Mars/Base", "../../etc/passwd", "\0"):
        with pytest.raises(SettingError, match="expected the name of a time zone"):
            home_zone(load_settings({"zone": name}, environment={}))
