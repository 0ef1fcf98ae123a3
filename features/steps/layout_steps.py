"""How things look."""

from behave import given, then
from behave.runner import Context

from features.pages.item_box import ItemBox
from features.pages.navigation import NavigationBar

CENTRED_WITHIN_PX = 10


@given("{who:Person}'s window is {width:d} by {height:d}")
def window_is(context: Context, who: str, width: int, height: int) -> None:
    context.actors[who].browser.resize(width, height)


@then("the item box is in the middle of {who:Person}'s window")
def item_box_is_centred(context: Context, who: str) -> None:
    distance = ItemBox.seen_by(context.actors[who]).distance_from_centre
    assert distance <= CENTRED_WITHIN_PX, f"The item box is {distance:.0f} pixels off the middle"


@then("{who:Person} sees Superlists in its proper style")
def sees_proper_style(context: Context, who: str) -> None:
    missing = NavigationBar.seen_by(context.actors[who]).unloaded_stylesheets
    assert missing == [], f"{who} sees a page without its style: {missing}"


@then("nobody is shut out of what {who:Person} sees")
@then("nobody is shut out of {who:Person}'s list")
def nobody_is_shut_out(context: Context, who: str) -> None:
    violations = NavigationBar.seen_by(context.actors[who]).accessibility_violations
    assert violations == [], f"Somebody is shut out of {context.actors[who].browser.path}: {violations}"


@then("nothing reaches beyond the side of {who:Person}'s window")
def nothing_is_cut_off(context: Context, who: str) -> None:
    overflow = NavigationBar.seen_by(context.actors[who]).overflow
    assert overflow <= 0, f"The page is {overflow} pixels wider than the window"
