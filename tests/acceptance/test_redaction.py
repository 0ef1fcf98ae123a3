import pytest

from acceptance.redaction import hide, hide_all, redacted

TOKEN = "ryDNivClcpi-bcIohJ1RJ6Z-NFXk64hzBWh5GJ7AQOc"


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        (f'<a href="/accounts/login/{TOKEN}/">', '<a href="/accounts/login/[redacted]/">'),
        ('<input name="csrfmiddlewaretoken" value="abc">', '<input name="csrfmiddlewaretoken" value="[redacted]">'),
        ("Cookie: sessionid=abc; csrftoken=def", "Cookie: sessionid=[redacted]; csrftoken=[redacted]"),
        ("/lists/abc/", "/lists/abc/"),
        ("postgres://edith:s3cret@db:5432/x", "postgres://edith:[redacted]@db:5432/x"),
        ("http://localhost:8000/@smoke", "http://localhost:8000/@smoke"),
    ],
)
def test_secrets_are_left_out(said, instead):
    assert redacted(said) == instead


def test_a_secret_that_is_known_is_hidden_however_it_is_written():
    assert hide('p"w<ö&d/') == 'p"w<ö&d/'
    for written in ('p"w<ö&d/', 'p"w&lt;ö&amp;d/', "p&quot;w<ö&amp;d/", "p%22w%3C%C3%B6%26d%2F", 'p\\"w<\\u00f6&d/'):
        assert redacted(f"- {written} -") == "- [redacted] -"


def test_the_secrets_of_an_environment_are_known_by_their_names():
    hide_all({"EMAIL_PASSWORD": "correct horse", "API_TOKEN": "battery", "USER": "superlists", "DB_PASSWORD": "x"})
    assert redacted("correct horse, battery, superlists, x") == "[redacted], [redacted], superlists, x"
