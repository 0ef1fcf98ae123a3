"""What a person can type to log in."""

from django import forms
from django.forms.utils import ErrorList
from django.http import HttpRequest

from superlists.accounts.addresses import normalised, validate_printable


class LoginForm(forms.Form):
    """An address to send a login link to, and where to go once logged in."""

    email = forms.EmailField(
        label="Your email address",
        max_length=254,
        validators=[validate_printable],
        error_messages={
            "required": "Enter your email address.",
            "invalid": "Enter an email address, such as edith@example.com.",
        },
        widget=forms.EmailInput(
            attrs={"placeholder": "your@email.com", "autocomplete": "email", "class": "form-control"}
        ),
    )
    next = forms.Field(required=False, widget=forms.HiddenInput)

    def clean_email(self) -> str:
        """Return the address as it is stored."""
        return normalised(self.cleaned_data["email"])

    def email_errors(self) -> ErrorList:
        """Return what is wrong with the address."""
        return self.errors.get("email", ErrorList())


def login_form(request: HttpRequest) -> dict[str, LoginForm]:
    """Return what every page needs for its navigation bar: a login form that leads back to the page.

    Neither a page that was reached by sending a form nor one about logging in is
    a page to come back to.
    """
    returnable = request.method == "GET" and not request.path.startswith("/accounts/")
    initial = {"next": request.path if returnable else ""}
    return {"login_form": LoginForm(initial=initial, auto_id="id_login_%s")}
