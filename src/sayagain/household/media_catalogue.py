"""The media catalogue: thousands of films, songs, albums, artists, books and audiobooks, many with shared titles."""

from functools import lru_cache

import msgspec

from sayagain.household.known_works import ARTISTS, BOOKS, FILMS, PODCASTS, SERIES
from sayagain.household.wordlist import words

__all__ = [
    "DEFAULT_ORDER",
    "GENRES",
    "Item",
    "catalogue",
    "items_by_id",
    "items_by_plain_title",
    "items_by_title",
    "spoken_kind",
]

GENRES: tuple[str, ...] = (
    "jazz",
    "pop",
    "rock",
    "classical",
    "folk",
    "soul",
    "electronic",
    "country",
    "reggae",
    "hip hop",
    "metal",
    "children",
)
"""Every genre of music in the catalogue."""

DEFAULT_ORDER: tuple[str, ...] = (
    "playlist",
    "song",
    "artist",
    "album",
    "film",
    "series",
    "audiobook",
    "podcast",
    "book",
)
"""The order in which the assistant prefers kinds when several works share a title: music first."""

_SPOKEN_KINDS = {"film": "movie", "series": "show"}

# Words for the titles of invented works: every pair is a title.
_FIRST_WORDS = words(
    """
    silver golden broken hidden quiet burning frozen distant crimson velvet hollow wandering midnight winter paper
    electric forgotten endless borrowed crooked gentle northern painted restless scarlet secret shining sleeping
    stolen summer sudden tangled thirsty tiny wicked
    """
)
_SECOND_WORDS = words(
    """
    river garden mirror harbor lantern orchard window mountain shadow letter kingdom station island forest ocean
    machine meadow morning tower bridge castle feather highway horizon compass
    """
)
_SURNAMES = words(
    """
    alder barlow carver dalton ellery finch garner hollis ivers juno keller lowell marlow norwood ogden pryor quill
    rowan sutter thorne
    """
)
_GIVEN_NAMES = words("ada boris clara desmond elena felix greta hugo iris jonah kira leo mabel nico opal")


class Item(msgspec.Struct, frozen=True, gc=False):
    """One work, artist or playlist."""

    id: str
    """The id, for example `film.harry_potter`."""
    kind: str
    """`song`, `album`, `artist`, `playlist`, `film`, `series`, `book`, `audiobook` or `podcast`."""
    title: str
    """The title, as people say it."""
    by: str = ""
    """The maker; empty where nobody asks for it."""
    genre: str = ""
    """The genre, for music."""
    known: bool = True
    """Whether the work exists; False for an invented one."""


@lru_cache(maxsize=1)
def catalogue() -> tuple[Item, ...]:
    """Return every item, always in the same order.

    >>> items = catalogue()
    >>> len(items) > 3_000
    True
    >>> [item.kind for item in items_by_title()["harry potter"]]
    ['film', 'audiobook', 'book']
    """
    items: dict[str, Item] = {}
    for item in (*_known_items(), *_invented_items()):
        items.setdefault(item.id, item)
    return tuple(items.values())


@lru_cache(maxsize=1)
def items_by_id() -> dict[str, Item]:
    """Return the items by their ids."""
    return {item.id: item for item in catalogue()}


@lru_cache(maxsize=1)
def items_by_title() -> dict[str, tuple[Item, ...]]:
    """Return the items of each title, in the default order of kinds."""
    items: dict[str, list[Item]] = {}
    for item in catalogue():
        items.setdefault(item.title, []).append(item)
    return {
        title: tuple(sorted(works, key=lambda item: DEFAULT_ORDER.index(item.kind))) for title, works in items.items()
    }


@lru_cache(maxsize=1)
def items_by_plain_title() -> dict[str, tuple[Item, ...]]:
    """Return the items of each title without apostrophes, as understanding spells it."""
    return {title.replace("'", ""): works for title, works in items_by_title().items()}


def spoken_kind(kind: str) -> str:
    """Return the word that people use for a kind.

    >>> spoken_kind("film"), spoken_kind("book")
    ('movie', 'book')
    """
    return _SPOKEN_KINDS.get(kind, kind)


def _item(kind: str, title: str, by: str = "", genre: str = "", *, known: bool = True) -> Item:
    # Two songs may share a title, so the ids of songs and albums contain the maker.
    maker_suffix = f"_{by}" if kind in {"song", "album"} else ""
    slug = f"{title}{maker_suffix}".replace(" ", "_").replace("'", "")
    return Item(f"{kind}.{slug}", kind, title, by, genre, known)


def _known_items() -> list[Item]:
    items: list[Item] = []
    for line in ARTISTS.strip().splitlines():
        artist, genre, songs, albums = (part.strip() for part in line.split("|"))
        items.append(_item("artist", artist, artist, genre))
        items += [_item("song", title, artist, genre) for title in _split_titles(songs)]
        items += [_item("album", title, artist, genre) for title in _split_titles(albums)]
    items += [_item("film", title) for title in _split_titles(FILMS)]
    items += [_item("series", title) for title in _split_titles(SERIES)]
    items += [_item("podcast", title) for title in _split_titles(PODCASTS)]
    for line in BOOKS.strip().splitlines():
        title, author = (part.strip() for part in line.split("|"))
        items += [_item("book", title, author), _item("audiobook", title, author)]
    items += [_item("playlist", f"{genre} playlist", genre=genre) for genre in GENRES]
    return items


def _invented_items() -> list[Item]:
    items: list[Item] = []
    artists = [f"{given_name} {surname}" for given_name in _GIVEN_NAMES for surname in _SURNAMES]
    title_count = 0
    for i, first_word in enumerate(_FIRST_WORDS):
        for j, second_word in enumerate(_SECOND_WORDS):
            title = f"{first_word} {second_word}"
            # Two different steps, both coprime to the number of artists, spread the works over all artists.
            music_maker, other_maker = (
                artists[(7 * title_count) % len(artists)],
                artists[(13 * title_count + 5) % len(artists)],
            )
            genre = GENRES[(i + j) % len(GENRES)]
            kinds = ("song", "album", "film", "audiobook", "book", "series")
            # One to four kinds share each title, which is always a song, too.
            for kind in kinds[: 1 + (i + 2 * j) % 4] if title_count % 2 else ("song", kinds[1 + title_count // 2 % 5]):
                creator = other_maker if kind in {"book", "audiobook"} else music_maker
                items.append(_item(kind, title, creator, genre if kind in {"song", "album"} else "", known=False))
            title_count += 1
    items += [
        _item("artist", artist, artist, GENRES[index % len(GENRES)], known=False)
        for index, artist in enumerate(artists)
    ]
    return items


def _split_titles(text: str) -> list[str]:
    return [title.strip() for line in text.strip().splitlines() for title in line.split(";") if title.strip()]
