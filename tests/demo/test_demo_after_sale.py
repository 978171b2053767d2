"""The demo's returns: the queue, a parcel on its way back and an appeal are there, once."""

from collections import Counter
from pathlib import Path

import pytest

from tests.support.api import running, settings_for
from zhanggui.demo import after_sale, load


async def test_the_queue_is_not_empty_and_playing_again_changes_nothing(
    database_url: str, sandbox_url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder: Path = tmp_path_factory.mktemp("demo")
    said: list[str] = []
    async with running(settings_for(database_url, folder, sandbox_origin=sandbox_url)) as api:
        await load.ensure(api.rt, login="owner", password="correct horse battery")
        found = await load.stores(api.rt)
        assert found is not None
        for _ in range(2):
            await after_sale.ensure(
                api.rt, found.southwind, found.coffee, "correct horse battery", said.append
            )
        rows = await api.rt.db.fetch("SELECT status FROM return_request WHERE store_id = $1", found.southwind)
    assert Counter(r["status"] for r in rows) == {
        "requested": 1,
        "sent_back": 1,
        "approved": 1,
        "appealed": 1,
        "refunding": 1,
    }
    assert len(said) == 1
