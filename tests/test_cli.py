"""The command line: every command explains itself, and bad input gets one sentence and exit code 1 or 2."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from zhanggui.cli import main, parser
from zhanggui.commands import CommandFailed, miniprogram

COMMANDS = [
    "demo",
    "serve",
    "worker",
    "migrate",
    "open-store",
    "account",
    "account-keys",
    "import",
    "miniprogram",
    "doctor",
]


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A mini-program as the storefront's build leaves it, in miniature."""
    folder = tmp_path / "built"
    (folder / "api").mkdir(parents=True)
    (folder / "app.json").write_text("{}")
    (folder / "app.js").write_text("require('./api/host.js')")
    (folder / "api" / "host.js").write_text(f'const api="{miniprogram.API_MARK}";')
    (folder / "project.config.json").write_text('{"appid": "touristappid", "setting": {"es6": true}}')
    return folder


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert f"zhanggui {command}" in said
    assert len(said.splitlines()) > 5


def test_help_and_version_load_nothing_heavy() -> None:
    program = "import sys; from zhanggui.cli import parser; parser(); print(sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    for heavy in ("litestar", "sqlalchemy", "uvicorn", "asyncpg", "httpx", "PIL"):
        assert f"'{heavy}'" not in loaded


def test_no_command_is_an_error_with_the_list(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main([])
    assert ended.value.code == 2
    assert "COMMAND" in capsys.readouterr().err
    assert set(COMMANDS) <= set(parser().format_help().split())


def test_a_taken_port_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        assert main(["serve", "--port", str(port), "--data", str(tmp_path)]) == 1
    assert f"Port {port} is taken by another program: choose one with --port." in capsys.readouterr().err


def test_production_does_not_start_without_its_secrets(tmp_path: Path) -> None:
    environment = {**os.environ, "ZHANGGUI_ENV": "production"}
    for command in (["serve", "--data", str(tmp_path)], ["demo", "--data", str(tmp_path)]):
        ended = subprocess.run(
            [sys.executable, "-m", "zhanggui", *command],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 1
        assert ended.stderr.startswith("zhanggui: ")
        assert "Traceback" not in ended.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "address", ["postgresql://nobody@/none?host=/nowhere", "postgresql://x:1/y", "nonsense"]
)
@pytest.mark.parametrize(
    "command", [["migrate"], ["migrate", "--check"], ["worker"], ["demo", "--port", "0"]]
)
def test_an_unreachable_database_is_one_sentence(address: str, command: list[str], tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "zhanggui", *command, "--data", str(tmp_path)],
        env={**os.environ, "ZHANGGUI_DATABASE_URL": address},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "The database cannot be reached" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_doctor_names_an_unreachable_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZHANGGUI_DATABASE_URL", f"postgresql://nobody@/none?host={tmp_path}")
    assert main(["doctor", "--data", str(tmp_path)]) == 1
    assert "BAD   connection   the database cannot be reached" in capsys.readouterr().out


def test_migrate_and_check(
    fresh_database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("ZHANGGUI_DATABASE_URL", fresh_database_url)
    assert main(["migrate", "--check"]) == 0
    assert "newest schema" in capsys.readouterr().out


def test_doctor_looks_at_everything_and_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "never-made"
    main(["doctor", "--data", str(data)])
    said = capsys.readouterr().out
    for subject in (
        "python",
        "packages",
        "settings",
        "data folder",
        "database",
        "front ends",
        "ports",
        "browser",
    ):
        assert subject in said
    assert not data.exists()


def test_doctor_makes_keys_that_settings_accept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from zhanggui.settings import load

    assert main(["doctor", "--new-key"]) == 0
    first = capsys.readouterr().out.strip()
    monkeypatch.setenv("ZHANGGUI_MASTER_KEYS", first)
    assert main(["doctor", "--new-key"]) == 0
    second = capsys.readouterr().out.strip()
    keys = load({"ZHANGGUI_MASTER_KEYS": f"{first},{second}", "ZHANGGUI_DATA_DIR": str(tmp_path)}).master_keys
    assert sorted(keys) == [1, 2]
    assert keys[1] != keys[2]


def test_the_mini_program_gets_appid_and_server(built: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert miniprogram.write(built, out, "wx0123456789abcdef", "https://shop.example.com") == 1
    assert (out / "api" / "host.js").read_text() == 'const api="https://shop.example.com";'
    config = json.loads((out / "project.config.json").read_text())
    assert config == {"appid": "wx0123456789abcdef", "setting": {"es6": True}, "compileType": "miniprogram"}
    assert miniprogram.API_MARK in (built / "api" / "host.js").read_text()


def test_the_mini_program_replaces_only_a_mini_program(built: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "letter.txt").write_text("mine")
    for force in (False, True):
        with pytest.raises(CommandFailed):
            miniprogram.write(built, out, "wx0123456789abcdef", "https://shop.example.com", force=force)
    assert (out / "letter.txt").read_text() == "mine"
    (out / "letter.txt").unlink()
    miniprogram.write(built, out, "wx0123456789abcdef", "https://a.example.com")
    with pytest.raises(CommandFailed, match="not empty"):
        miniprogram.write(built, out, "wx0123456789abcdef", "https://b.example.com")
    miniprogram.write(built, out, "wx0123456789abcdef", "https://b.example.com", force=True)
    assert "b.example.com" in (out / "api" / "host.js").read_text()


def test_a_build_without_a_place_for_the_server_is_refused(built: Path, tmp_path: Path) -> None:
    (built / "api" / "host.js").write_text("")
    with pytest.raises(CommandFailed, match="no place for the server's address"):
        miniprogram.write(built, tmp_path / "out", "wx0123456789abcdef", "https://shop.example.com")


@pytest.mark.parametrize(
    ("appid", "host", "complaint"),
    [
        ("123", "shop.example.com", "is not an appid"),
        ("wx0123456789ABCDEF", "shop.example.com", "is not an appid"),
        ("wx0123456789abcdef", "shop.example.com/path", "is not a host"),
        ("wx0123456789abcdef", 'x"+evil()+"', "is not a host"),
        ("wx0123456789abcdef", "", "is not a host"),
    ],
)
def test_bad_appid_and_host(
    appid: str, host: str, complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert main(["miniprogram", "--appid", appid, "--api-host", host, str(out)]) == 1
    assert complaint in capsys.readouterr().err
    assert not out.exists()
