"""What is known of the tables from one transaction to the next."""

from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path

import pytest

from afterservice_cli.decisions.intake import Draft
from afterservice_cli.store.connection import connect
from afterservice_cli.store.projections.rebuilding import renew
from afterservice_cli.workflows.recording import writing
from registers import NOW, Register, register_in

LAST_MONTH = NOW - timedelta(days=20)


def registered(register: Register, channel: str, *, last_month: bool = False) -> None:
    """Register a case in a transaction of its own."""
    with writing(register.desk) as writer:
        draft = Draft({"channel": channel, "description": "水壶漏水"})
        writer.register(draft, at=LAST_MONTH if last_month else NOW)


def test_what_a_transaction_put_in_that_was_taken_back_is_put_in_again(tmp_path: Path) -> None:
    with register_in(tmp_path, "minimal") as register:
        with suppress(KeyError), writing(register.desk) as writer:
            writer.register(Draft({"channel": "phone", "description": "水壶漏水"}))
            raise KeyError
        registered(register, "phone")
        assert register.findings() == []


@pytest.mark.parametrize("others", [True, False])
def test_what_has_other_numbers_since_the_tables_were_rebuilt_is_looked_up_anew(tmp_path: Path, others: bool) -> None:
    with register_in(tmp_path, "minimal") as register:
        registered(register, "phone")
        registered(register, "email", last_month=True)  # the first of those that are rebuilt
        path = tmp_path / "afterservice.db"
        with closing(connect(path)) as other:
            assert renew(other if others else register.desk.connection, path, anyway=True)
        registered(register, "email")
        registered(register, "phone")
        assert register.findings() == []
