import pytest

from sayagain.household.media_catalogue import DEFAULT_ORDER, catalogue, items_by_title


def test_catalogue_has_thousands_of_works_and_shared_titles():
    assert len(catalogue()) > 3_000
    assert len({item.id for item in catalogue()}) == len(catalogue())
    shared_titles = [works for works in items_by_title().values() if len({work.kind for work in works}) > 1]
    assert len(shared_titles) > 300


@pytest.mark.parametrize("title", ["harry potter", "dune", "purple rain"])
def test_works_of_one_title_stand_in_the_default_order(title):
    order = [DEFAULT_ORDER.index(work.kind) for work in items_by_title()[title]]
    assert order == sorted(order)
    assert len(order) > 1
