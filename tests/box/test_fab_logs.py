"""What `fab logs` tells of a site."""

import pytest

from acceptance.ssh import ServerError
from deploy.status import logs


def test_the_log_tells_what_happened_lately_or_since(either):
    either.run("curl", "--silent", "--output", "/dev/null", f"http://127.0.0.1/nowhere-{id(either)}/")
    assert f"Not Found: /nowhere-{id(either)}/" in "".join(logs(either.site))
    assert "Not Found" not in "".join(logs(either.site, since="tomorrow"))


def test_a_time_that_nobody_knows_is_told(staging):
    with pytest.raises(ServerError, match=r"Reading the log: .*nonsense"):
        list(logs(staging.site, since="nonsense"))
