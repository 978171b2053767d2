"""The databases that other tests get: their own, migrated, and gone afterwards."""

from zhanggui.core.db import connect_pool


async def test_a_module_has_a_database(database_url: str) -> None:
    pool = await connect_pool(database_url, size=1)
    await pool.execute("CREATE TABLE seen_by_the_next_test ()")
    await pool.close()


async def test_and_keeps_it_for_all_its_tests(database_url: str) -> None:
    pool = await connect_pool(database_url, size=1)
    assert await pool.fetchval("SELECT to_regclass('seen_by_the_next_test')") is not None
    await pool.close()


async def test_a_fresh_one_holds_nothing_of_it(fresh_database_url: str, database_url: str) -> None:
    assert fresh_database_url != database_url
    pool = await connect_pool(fresh_database_url, size=1)
    assert await pool.fetchval("SELECT to_regclass('seen_by_the_next_test')") is None
    await pool.close()
