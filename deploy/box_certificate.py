"""A certificate for a box or for another server of a test, and the authority that vouches for it alone."""

from pathlib import Path

from trustme import CA

CERTIFICATE, KEY, AUTHORITY = "fullchain.pem", "privkey.pem", "ca.pem"


def write(folder: Path, *addresses: str) -> None:
    """Write certificate, private key and authority for these addresses; the authority's own key is kept nowhere."""
    authority = CA()
    issued = authority.issue_cert(*addresses)
    (folder / KEY).touch(mode=0o600)
    issued.private_key_pem.write_to_path(folder / KEY)
    issued.cert_chain_pems[0].write_to_path(folder / CERTIFICATE)
    authority.cert_pem.write_to_path(folder / AUTHORITY)
