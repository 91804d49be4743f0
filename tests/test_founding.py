"""Founding a desk: where it lies."""

from pathlib import Path

import pytest

from afterservice_cli.files.drives import network_file_system

MOUNTS = """\
/dev/vda1 / ext4 rw,relatime 0 0
server:/export /srv/team nfs4 rw,relatime 0 0
/dev/vdb1 /srv/team/local ext4 rw 0 0
//nas/share /mnt/our\\040share cifs rw 0 0
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/srv/desk", ""),
        ("/srv/team", "nfs4"),
        ("/srv/team/desk", "nfs4"),
        ("/srv/teamwork", ""),
        ("/srv/team/local/desk", ""),
        ("/mnt/our share/desk", "cifs"),
    ],
)
def test_a_network_drive_is_told_by_the_nearest_mount(folder: str, kind: str) -> None:
    assert network_file_system(Path(folder), MOUNTS) == kind
