"""What a browser says of itself when it does not start, which WebDriver does not hand on."""

import re

from acceptance.redaction import redacted

# What is no reason: how the driver greets, the bus of a desktop that is not there, and addresses in the program.
NOISE = re.compile(
    r"Starting ChromeDriver|Please see https://chromedriver|ChromeDriver was started|Only local connections"
    r"|Remote connections are allowed|bind\(\) failed: Cannot assign|DevTools listening|dbus/|unexpected operator"
    r"|^#\d+ |^\s*(r\d+|[a-z]{2}): |^\[end of"
)
SHOWN = 10
WITHOUT_SANDBOX = (
    "Chromium can have no sandbox here: not as root, nor where users may make no namespaces, as in most containers. "
    "Where the site is one that you trust, a run does without it: -D sandbox=no, or `sandbox = no` in behave.ini."
)


def own_words(log: str) -> str:
    """Return the last words of a browser and its driver, to be put behind an error; with advice, where there is any."""
    lines = [line.strip() for line in log.splitlines() if line.strip() and not NOISE.search(line)]
    advice = [WITHOUT_SANDBOX] if any("no-sandbox" in line for line in lines) else []
    said = ["It said:", *(f"  {line}" for line in lines[-SHOWN:])] if lines else []
    return redacted("".join(f"\n{line}" for line in [*said, *advice]))
