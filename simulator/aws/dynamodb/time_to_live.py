"""DynamoDB's time to live: expired rows disappear some time after their moment.

Source: DynamoDB developer guide, "Using time to live (TTL)": within a few days of the expiry, and a row whose attribute
is no number, or lies more than five years back, stays.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from moto.dynamodb.models.table import Table

    from simulator.aws.time.virtual_time import EventQueue

EVERY: Final = timedelta(days=2)
"""How often expired rows are swept: late enough that a reader that does not ignore them is found out."""

_TOO_OLD: Final = timedelta(days=5 * 365)


class Expiry:
    """The sweep of one table."""

    def __init__(
        self, table: Table, attribute: str, agenda: EventQueue, *, changed: Callable[[], None] = lambda: None
    ) -> None:
        """Sweep from now on; ``changed`` is called when rows have gone."""
        self._table = table
        self._attribute = attribute
        self._agenda = agenda
        self._changed = changed
        self._plan()

    def _plan(self) -> None:
        self._agenda.at(self._agenda.now() + EVERY, self._sweep)

    def _sweep(self) -> None:
        now = self._agenda.now()
        for row in self._table.all_items():
            moment = _moment(row.attrs.get(self._attribute))
            if moment is not None and now - _TOO_OLD < moment < now:
                self._table.delete_item(row.hash_key, row.range_key)
                self._changed()
        self._plan()


def _moment(value: Any) -> datetime | None:  # noqa: ANN401 - moto's attribute value
    if value is None or value.type != "N":
        return None
    return datetime.fromtimestamp(float(value.value), tz=UTC)
