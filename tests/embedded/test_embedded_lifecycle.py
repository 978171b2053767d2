"""The embedded server through its whole life, with the accidents that happen on laptops."""

import os
import pwd
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Generator
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from zhanggui.core.db import connect_pool
from zhanggui.embedded import Cluster, EmbeddedError, pidfile, place, start


@pytest.fixture
def data_dir() -> Generator[Path]:
    """A folder that other accounts can enter; pytest's own tmp_path cannot be when root runs the tests."""
    folder = Path(tempfile.mkdtemp(prefix="zhanggui-embedded-"))
    folder.chmod(0o755)
    yield folder / "data"
    shutil.rmtree(folder)


def query(cluster: Cluster, sql: str) -> str:
    return cluster.psql(sql, "zhanggui")


def server_processes(cluster: Cluster) -> list[int]:
    folder = (cluster.data_dir / "cluster").resolve()
    return [process.pid for process in psutil.process_iter() if pidfile.is_postgres(process.pid, folder)]


def launcher(data_dir: Path) -> "subprocess.Popen[str]":
    """Another process that starts the cluster, says so, and then waits to be killed."""
    program = textwrap.dedent("""
        import sys
        from pathlib import Path
        from zhanggui.embedded import start
        cluster = start(Path(sys.argv[1]), durable=False)
        print(cluster.pid, flush=True)
        sys.stdin.read()
        cluster.stop()
    """)
    source = str(Path(__file__).parents[2] / "src")
    return subprocess.Popen(
        [sys.executable, "-c", program, str(data_dir)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": source},
    )


def said(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def finish(process: "subprocess.Popen[str]") -> None:
    """Let a launcher stop in good order, or collect one that was killed, and close its pipes."""
    process.communicate()


def test_starts_answers_stops_and_starts_again(data_dir: Path) -> None:
    with start(data_dir) as cluster:
        assert query(cluster, "SHOW server_version").startswith("18.")
        assert query(cluster, "SHOW fsync") == "on"
        assert query(cluster, "SHOW shared_buffers") == "256MB"
        assert query(cluster, "SHOW listen_addresses") == ""
        assert query(cluster, "SHOW jit") == "off"
        assert query(cluster, "SELECT '拿铁' ~ '^\\w{2}$'") == "t"
        cluster.psql("CREATE TABLE kept AS SELECT 1 AS n", "zhanggui")
    assert cluster.pid is None
    with start(data_dir) as cluster:
        assert query(cluster, "SELECT n FROM kept") == "1"


async def test_its_address_serves_asyncpg(data_dir: Path) -> None:
    with start(data_dir, durable=False) as cluster:
        pool = await connect_pool(cluster.dsn(), size=1)
        assert await pool.fetchval("SELECT current_database()") == "zhanggui"
        await pool.close()


def test_not_durable_only_when_asked(data_dir: Path) -> None:
    with start(data_dir, durable=False) as cluster:
        assert query(cluster, "SHOW fsync") == "off"
    with start(data_dir) as cluster:
        assert query(cluster, "SHOW fsync") == "on"


def test_several_clusters_side_by_side(data_dir: Path) -> None:
    with start(data_dir / "a", durable=False) as first, start(data_dir / "b", durable=False) as second:
        assert first.dsn() != second.dsn()
        first.psql("CREATE TABLE only_here ()", "zhanggui")
        assert query(second, "SELECT to_regclass('only_here') IS NULL") == "t"


def test_two_users_share_one_server_and_the_last_stops_it(data_dir: Path) -> None:
    first = start(data_dir, durable=False)
    second = start(data_dir, durable=False)
    assert first.pid == second.pid
    first.stop()
    assert query(second, "SELECT 1") == "1"
    second.stop()
    assert second.pid is None


def test_orphan_of_a_killed_launcher_is_adopted_not_duplicated(data_dir: Path) -> None:
    process = launcher(data_dir)
    orphan = int(said(process))
    process.kill()
    finish(process)
    assert psutil.pid_exists(orphan)
    with start(data_dir, durable=False) as cluster:
        assert cluster.pid == orphan
        assert server_processes(cluster) == [orphan]
        assert query(cluster, "SELECT 1") == "1"
    assert server_processes(cluster) == []


def test_a_server_in_use_by_another_process_is_left_running(data_dir: Path) -> None:
    process = launcher(data_dir)
    server = int(said(process))
    start(data_dir, durable=False).stop()
    with start(data_dir, durable=False) as cluster:
        assert cluster.pid == server
    finish(process)
    assert cluster.pid is None


def test_durability_is_not_taken_from_under_another_process(data_dir: Path) -> None:
    process = launcher(data_dir)
    said(process)
    with pytest.raises(EmbeddedError, match="in use with other settings"):
        start(data_dir, durable=True)
    finish(process)


def kill_and_wait(pid: int) -> None:
    """kill -9; returns when the process has ended, which the call itself does not wait for."""
    watched = os.pidfd_open(pid)
    os.kill(pid, signal.SIGKILL)
    select.select([watched], [], [])
    os.close(watched)


def test_killed_server_recovers_what_was_committed(data_dir: Path) -> None:
    cluster = start(data_dir)
    cluster.psql("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n", "zhanggui")
    assert cluster.pid is not None
    kill_and_wait(cluster.pid)
    assert cluster.ensure_running() is True
    assert cluster.ensure_running() is False
    assert query(cluster, "SELECT count(*) FROM kept") == "1000"
    cluster.stop()


def test_killed_server_and_launcher_together(data_dir: Path) -> None:
    process = launcher(data_dir)
    kill_and_wait(int(said(process)))
    process.kill()
    finish(process)
    with start(data_dir, durable=False) as cluster:
        assert query(cluster, "SELECT 1") == "1"


@pytest.mark.parametrize(
    "content", ["", "not a number\n", "{mine}\n", "{zombie}\n/x\n1\n5432\n/tmp\n\n1 1\nready\n"]
)
def test_stale_pid_file_does_not_stop_a_start(data_dir: Path, content: str) -> None:
    start(data_dir, durable=False).stop()
    zombie = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    stale = data_dir / "cluster" / "postmaster.pid"
    stale.write_text(content.format(mine=os.getpid(), zombie=zombie.pid))
    assert pidfile.read(data_dir / "cluster") is None
    with start(data_dir, durable=False) as cluster:
        assert query(cluster, "SELECT 1") == "1"
    zombie.wait()


def test_a_zombie_and_a_server_of_another_folder_are_not_ours(data_dir: Path) -> None:
    with start(data_dir / "a", durable=False) as cluster:
        assert cluster.pid is not None
        assert pidfile.is_postgres(cluster.pid, data_dir / "a" / "cluster")
        assert not pidfile.is_postgres(cluster.pid, data_dir / "b" / "cluster")
    assert not pidfile.is_postgres(os.getpid(), data_dir / "a" / "cluster")


def test_socket_removed_by_a_cleaner_of_tmp(data_dir: Path) -> None:
    process = launcher(data_dir)
    said(process)
    process.kill()
    finish(process)
    first = start(data_dir, durable=False)
    socket = Path(first.psql("SHOW unix_socket_directories")) / ".s.PGSQL.5432"
    assert socket.parent.stat().st_mode & 0o777 == 0o700
    socket.unlink()
    with start(data_dir / "other", durable=False), pytest.raises(EmbeddedError):
        first.psql("SELECT 1")
    first.stop()
    with start(data_dir, durable=False) as cluster:
        assert query(cluster, "SELECT 1") == "1"


@pytest.mark.parametrize("name", ["with spaces and 中文 'quotes'", "long-" + "/".join(["x" * 60] * 6)])
def test_unusual_paths(data_dir: Path, name: str) -> None:
    with start(data_dir / name, durable=False) as cluster:
        assert query(cluster, "SELECT 1") == "1"
    with start(data_dir / name, durable=False) as cluster:
        assert query(cluster, "SELECT 1") == "1"


def test_a_path_that_a_shell_would_change_is_refused(data_dir: Path) -> None:
    with pytest.raises(EmbeddedError, match="must not hold"):
        start(data_dir / "$HOME", durable=False)


def test_interrupted_initialisation_is_done_again(data_dir: Path) -> None:
    (data_dir / "cluster.incoming").mkdir(parents=True)
    (data_dir / "cluster.incoming" / "PG_VERSION").write_text("18\n")
    with start(data_dir, durable=False) as cluster:
        assert query(cluster, "SELECT 1") == "1"
    assert not (data_dir / "cluster.incoming").exists()


def test_other_content_and_other_versions_are_named(data_dir: Path) -> None:
    (data_dir / "cluster").mkdir(parents=True, mode=0o755)
    with pytest.raises(EmbeddedError, match="holds no database"):
        start(data_dir, durable=False)
    (data_dir / "cluster" / "PG_VERSION").write_text("15\n")
    with pytest.raises(EmbeddedError, match="made by PostgreSQL 15"):
        start(data_dir, durable=False)


def test_a_full_disk_is_named_before_anything_is_written(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nearly_full(folder: Path) -> SimpleNamespace:
        return SimpleNamespace(free=10_000_000)

    monkeypatch.setattr(shutil, "disk_usage", nearly_full)
    with pytest.raises(EmbeddedError, match=r"needs 300 MB and .* has 10 MB free"):
        start(data_dir, durable=False)
    assert not (data_dir / "cluster").exists()


def test_a_server_that_cannot_start_says_why(data_dir: Path) -> None:
    start(data_dir, durable=False).stop()
    (data_dir / "cluster" / "custom.conf").write_text("shared_buffers = 'many'\n")
    with pytest.raises(EmbeddedError, match="shared_buffers"):
        start(data_dir, durable=False)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has privileges to drop")
class TestAsRoot:
    def test_the_server_runs_as_an_unprivileged_account(self, data_dir: Path) -> None:
        with start(data_dir, durable=False) as cluster:
            assert cluster.pid is not None
            process = psutil.Process(cluster.pid)
            assert process.uids().real == process.uids().effective == pwd.getpwnam("nobody").pw_uid
            assert 0 not in process.gids()
            groups = Path(f"/proc/{cluster.pid}/status").read_text().split("Groups:")[1].split("\n")[0]
            assert groups.strip() == ""

    def test_a_folder_that_others_cannot_enter_is_served_from_var_lib(self, data_dir: Path) -> None:
        data_dir.mkdir(mode=0o700)
        with start(data_dir, durable=False) as cluster:
            home = (data_dir / "cluster").readlink()
            assert home.parent == Path("/var/lib/zhanggui/clusters")
            assert data_dir.stat().st_mode & 0o777 == 0o700
            assert query(cluster, "SELECT 1") == "1"
            again = start(data_dir, durable=False)
            assert again.pid == cluster.pid
            again.stop()
            assert home not in place.abandoned()
        (data_dir / "cluster").rename(data_dir / "moved")
        assert home in place.abandoned()
        (data_dir / "moved").rename(data_dir / "cluster")
        shutil.rmtree(home)
        home.with_suffix(".origin").unlink()
        with pytest.raises(EmbeddedError, match="which is gone"):
            start(data_dir, durable=False)

    def test_programs_that_others_cannot_read_are_copied(
        self, data_dir: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from zhanggui.embedded import account, programs

        original = programs._package()  # pyright: ignore[reportPrivateUsage]  the place to redirect
        hidden = data_dir / "root-only"
        hidden.mkdir(parents=True, mode=0o700)
        shutil.copytree(original, hidden / original.name, copy_function=os.link)
        shutil.copytree(original.with_name(f"{original.name}.libs"), hidden / f"{original.name}.libs")
        monkeypatch.setattr(programs, "_package", lambda: hidden / original.name)
        monkeypatch.setattr(programs, "SHARED_ROOT", data_dir.parent / "shared")
        found = programs.find(account.choose(data_dir / "cluster"))
        assert found.folder.is_relative_to(data_dir.parent / "shared")
        with start(data_dir, durable=False) as cluster:
            assert query(cluster, "SELECT 1") == "1"

    def test_the_owner_of_a_cluster_keeps_it(self, data_dir: Path) -> None:
        """Root starts what an ordinary user made, and it stays that user's."""
        from zhanggui.embedded import account

        (data_dir / "cluster").mkdir(parents=True)
        os.chown(data_dir / "cluster", 12345, 12345)
        chosen = account.choose(data_dir / "cluster")
        assert (chosen.uid, chosen.gid, chosen.switch) == (12345, 12345, True)
