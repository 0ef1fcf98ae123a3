"""How things look, and whether everybody gets on with them."""

from behave import given, then
from behave.runner import Context

from acceptance.page import Page
from features.pages.home_page import HomePage
from features.pages.item_box import ItemBox
from features.pages.list_page import ListPage
from features.pages.login_pages import LoginPage, NotFoundPage, RefusedLinkPage
from features.pages.my_lists_page import MyListsPage
from features.pages.navigation import NavigationBar

CENTRED_WITHIN_PX = 10
PLACES: dict[str, type[Page]] = {
    "the start": HomePage,
    "her lists": MyListsPage,
    "where one logs in": LoginPage,
    "a link that is refused": RefusedLinkPage,
    "a list that is not there": NotFoundPage,
}


def place_visited_by(context: Context, who: str, place: str) -> Page:
    """Return a page by its name in prose, or a list by its first item."""
    places: dict[str, type[Page]] = PLACES | dict.fromkeys(context.lists, ListPage)
    return places[place].visited_by(context.actors[who], context.lists.get(place, ""))


@given("{who:Person}'s window is {width:d} by {height:d}")
def window_is(context: Context, who: str, width: int, height: int) -> None:
    context.actors[who].browser.resize(width, height)
    context.sized_windows.add(who)


def assert_window_is_sized(context: Context, who: str) -> None:
    assert who in context.sized_windows, f"No step has told how large {who}'s window is"


@then("the item box is in the middle of {who:Person}'s window")
def item_box_is_centred(context: Context, who: str) -> None:
    assert_window_is_sized(context, who)
    distance = ItemBox.seen_by(context.actors[who]).distance_from_centre
    assert distance <= CENTRED_WITHIN_PX, f"The item box before {who} is {distance:.0f} pixels off the middle"


@then("{who:Person} sees Superlists in its proper style")
def sees_proper_style(context: Context, who: str) -> None:
    problems = NavigationBar.seen_by(context.actors[who]).unloaded_stylesheets
    assert problems == [], f"{who} does not see Superlists in its proper style: {', '.join(problems)}"


@then("nobody is shut out of what {who:Person} sees")
def nobody_is_shut_out(context: Context, who: str) -> None:
    violations = NavigationBar.seen_by(context.actors[who]).accessibility_violations
    assert violations == [], f"Somebody is shut out of what {who} sees: {violations}"


@then("nobody is shut out of what {who:Person} finds")
def nobody_is_shut_out_of_places(context: Context, who: str) -> None:
    for row in context.table:
        violations = place_visited_by(context, who, row["place"]).accessibility_violations
        assert violations == [], f"Somebody is shut out of {row['place']}, which {who} sees: {violations}"


@then("nothing reaches beyond the side of {who:Person}'s window")
def nothing_is_cut_off(context: Context, who: str) -> None:
    assert_window_is_sized(context, who)
    overflow = NavigationBar.seen_by(context.actors[who]).overflow
    assert overflow <= 0, f"What {who} sees is {overflow} pixels wider than the window"


@then("{who:Person} has all of this in sight")
def everything_is_in_sight(context: Context, who: str) -> None:
    assert_window_is_sized(context, who)
    for row in context.table:
        page = place_visited_by(context, who, row["place"])
        assert page.overflow <= 0, f"What {who} sees of {row['place']} is {page.overflow} pixels wider than the window"
        hidden = page.fields_out_of_sight
        assert hidden == [], f"{who} does not see, of the forms of {row['place']}: {hidden}"


@then("{who:Person} can see each stop of the Tab key")
def each_tab_stop_is_seen(context: Context, who: str) -> None:
    for row in context.table:
        page = place_visited_by(context, who, row["place"])
        unseen = page.unseen_tab_stops()
        assert unseen == [], f"The focus cannot be seen, on {row['place']} before {who}, at: {unseen}"
