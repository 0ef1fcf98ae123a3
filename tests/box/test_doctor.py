"""What `fab doctor` finds on a site's server: the first link that is broken, from its name to its database."""

import pytest

from deploy.doctor import BrokenError, examine
from tests.box.conftest import said


def test_a_site_that_is_well_has_no_broken_link(either):
    links = list(examine(either.site))
    assert all(link.startswith("holds: ") for link in links)
    assert "holds: the mail server lets the site in" in links


@pytest.mark.parametrize(
    ("unit", "says"),
    [
        ("nginx.service", r"broken: nginx runs\. On the machine: sudo nginx -t"),
        ("{unit}.socket", r"broken: systemd holds the site's socket\. fab provision makes it"),
    ],
)
def test_the_doctor_stops_at_the_link_that_is_broken(staging, unit, says):
    named = unit.format(unit=staging.layout.unit)
    service = f"{staging.layout.unit}.service"
    said(staging.box, "sudo", "systemctl", "stop", named, service)
    try:
        with pytest.raises(BrokenError, match=says):
            list(examine(staging.site))
    finally:
        said(staging.box, "sudo", "systemctl", "start", named)


def test_static_files_that_nginx_may_not_read_are_found(staging):
    static = str(staging.layout.home / "static")
    staging.run("chmod", "700", static)
    try:
        with pytest.raises(BrokenError, match=r"broken: static files are served"):
            list(examine(staging.site))
    finally:
        staging.run("chmod", "2755", static)
