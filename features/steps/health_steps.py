"""What the site says of itself."""

from behave import then
from behave.runner import Context


@then("the site reports good health")
def reports_good_health(context: Context) -> None:
    context.target.site()
