"""What a box's certificate leaves on the disk."""

from deploy import box_certificate


def test_the_key_is_for_its_owner_and_the_authoritys_is_kept_nowhere(tmp_path):
    box_certificate.write(tmp_path, "127.0.0.1")
    assert (tmp_path / "privkey.pem").stat().st_mode & 0o777 == 0o600
    assert "PRIVATE" not in (tmp_path / "ca.pem").read_text() + (tmp_path / "fullchain.pem").read_text()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ca.pem", "fullchain.pem", "privkey.pem"]
