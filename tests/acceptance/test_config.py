import pytest

from acceptance.browsers.base import Installed
from acceptance.settings import SETTINGS, Config, ConfigError
from tests.acceptance.config_files import BEHAVE_INI, as_documented, mistakes, read


def test_the_documented_settings_are_a_run(environ):
    config = read(environ)
    assert (config.target, config.browser, config.headless, config.wait, config.pause) == (
        "local",
        "chrome",
        True,
        5.0,
        False,
    )
    assert config.installed == Installed(f"{environ['PATH']}/chromium", f"{environ['PATH']}/chromedriver")


def test_every_key_of_behave_ini_is_a_field_and_the_reverse():
    fields = set(Config.__dataclass_fields__) - {
        "installed",
        "site",
        "databases_token",
        "mailbox_password",
        "mail_server",
    }
    assert set(as_documented()) == set(SETTINGS)
    assert {name.replace(".", "_") for name in SETTINGS} == fields


def test_every_key_of_behave_ini_is_explained_above_it():
    lines = BEHAVE_INI.read_text().split("[behave.userdata]")[1].splitlines()
    keys = [number for number, line in enumerate(lines) if "=" in line and not line.startswith("#")]
    assert len(keys) == len(SETTINGS)
    assert all(lines[number - 1].startswith("#") for number in keys)


def test_all_mistakes_are_reported_at_once_with_what_is_allowed(environ):
    said = mistakes(environ, target="staging", browser="netscape", headless="maybe", wait="soon", seed="x", pause="no")
    assert "target: 'staging' is not known; allowed: local, docker" in said
    assert "browser: 'netscape' is not known; allowed: chrome" in said
    assert "headless: 'maybe' is not known; allowed: yes, no" in said
    assert "wait: 'soon' is not a time; allowed: 0.1 to 120 (seconds)" in said
    assert "seed: 'x' is not an order; allowed: random, off, or a whole number up to 4294967295" in said
    assert "pause: 'no' is not known; allowed: never, on-failure" in said


def test_an_unknown_key_is_a_mistake(environ):
    assert "tagret: there is no such setting; allowed: target, sites, browser" in mistakes(environ, tagret="local")


def test_a_bare_define_is_a_mistake(environ):
    assert "target: 'true' is not known" in mistakes(environ, target="true")


def test_a_key_missing_from_behave_ini_is_a_mistake(environ):
    with pytest.raises(ConfigError, match=r"wait: is missing from behave\.ini"):
        Config.read({key: value for key, value in as_documented().items() if key != "wait"}, environ)


def test_a_missing_browser_is_a_mistake_that_says_what_to_do(environ, monkeypatch, tmp_path):
    monkeypatch.setattr("sys.executable", str(tmp_path / "elsewhere" / "python"))
    (tmp_path / "chromedriver").unlink()
    said = mistakes(environ, wait="soon")
    assert "browser: no chromedriver on the PATH; `make browser` finds or installs what is missing" in said
    assert "wait: 'soon'" in said
    (tmp_path / "chromium").unlink()
    assert "no Chromium or Chrome and chromedriver on the PATH" in mistakes(environ)


def test_a_browser_that_set_up_put_beside_python_is_found(environ, monkeypatch):
    monkeypatch.setattr("sys.executable", f"{environ['PATH']}/python")
    assert Config.read(as_documented(), {}).installed.binary == f"{environ['PATH']}/chromium"


def test_pausing_needs_a_browser_that_can_be_seen(environ):
    assert "pause: on-failure leaves nothing to look at with headless=yes" in mistakes(environ, pause="on-failure")
    assert read(environ | {"DISPLAY": ":0"}, pause="on-failure", headless="no").pause


def test_a_browser_that_can_be_seen_needs_a_screen(environ, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    said = mistakes(environ, headless="no")
    assert "headless: no needs a screen, and neither DISPLAY nor WAYLAND_DISPLAY is set; `xvfb-run behave …`" in said
    for screen in ("DISPLAY", "WAYLAND_DISPLAY"):
        assert not read(environ | {screen: ":0"}, headless="no").headless
    monkeypatch.setattr("sys.platform", "darwin")
    assert not read(environ, headless="no").headless


@pytest.mark.parametrize("wait", ["0", "0.09", "120.1", "-1", "nan", "inf", ""])
def test_a_wait_out_of_bounds_is_a_mistake(environ, wait):
    assert f"wait: {wait!r} is not a time" in mistakes(environ, wait=wait)


@pytest.mark.parametrize("seed", ["-1", "4294967296", "1.5", "", "²"])
def test_a_seed_that_is_no_order_is_a_mistake(environ, seed):
    assert f"seed: {seed!r} is not an order" in mistakes(environ, seed=seed)


def test_seeds(environ):
    assert read(environ, seed="off").seed is None
    assert read(environ, seed="42").seed == 42
    assert len({read(environ, seed="random").seed for _ in range(5)}) > 1
