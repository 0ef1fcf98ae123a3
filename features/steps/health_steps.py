"""What the site says of itself."""

from behave import then
from behave.runner import Context

from acceptance.targets.health_client import health


@then("the site reports good health")
def reports_good_health(context: Context) -> None:
    said = health(context.target.base_url, context.settings.authority)
    assert said["healthy"], f"The site says of itself: {said}"
