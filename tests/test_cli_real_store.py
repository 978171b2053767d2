"""A store of one's own from the command line: open it, give it an account, and it takes payments."""

import asyncio
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from zhanggui import settings
from zhanggui.app import open_runtime
from zhanggui.cli import main
from zhanggui.payments.accounts import active_account
from zhanggui.stores.queries import by_slug
from zhanggui.wechat.apps import mini_program, official_appid, own_appid


@pytest.fixture
def installation(fresh_database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("ZHANGGUI_DATABASE_URL", fresh_database_url)
    monkeypatch.setenv("ZHANGGUI_DATA_DIR", str(tmp_path))
    return tmp_path


def secret_files(folder: Path, private_key: str) -> list[str]:
    (folder / "key.pem").write_text(private_key)
    (folder / "v3").write_text("0123456789abcdef0123456789abcdef\n")
    (folder / "secret").write_text("app secret\n")
    files = ("--private-key", "key.pem"), ("--api-v3-key", "v3"), ("--app-secret", "secret")
    return [text for option, name in files for text in (option, str(folder / name))]


def new_key() -> str:
    return (
        rsa.generate_private_key(public_exponent=65537, key_size=2048)
        .private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        .decode()
    )


WHO = ["--appid", "wx0123456789abcdef", "--mchid", "1900000001", "--serial", "5A1B2C3D"]


def test_a_store_is_opened_with_an_owner(installation: Path, capsys: pytest.CaptureFixture[str]) -> None:
    opened = [
        "open-store",
        "lane",
        "--name",
        "巷口",
        "--layout",
        "menu",
        "--deliver",
        "pickup",
        "--owner",
        "Lin",
    ]
    assert main(opened) == 0
    assert "sign in as lin with" in capsys.readouterr().out
    assert main(opened) == 1
    assert "Traceback" not in capsys.readouterr().err
    assert main(["open-store", "No Good", "--name", "x", "--owner", "y"]) == 1


def test_an_account_is_sealed_and_used(installation: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def look() -> tuple[str, str, bytes]:
        async with open_runtime(settings.load(), pool_size=2) as rt:
            store = await by_slug(rt, "lane")
            sealed = await rt.db.fetchval("SELECT sealed FROM payment_account WHERE store_id = $1", store.id)
            return (await active_account(rt, store.id)).appid, (await mini_program(rt)).appid, sealed

    main(["open-store", "lane", "--name", "巷口", "--owner", "lin"])
    given = ["account", "lane", *WHO, *secret_files(installation, new_key())]
    assert main(given) == 0
    assert "merchant 1900000001" in capsys.readouterr().out
    paying, signing, sealed = asyncio.run(look())
    assert paying == signing == "wx0123456789abcdef"
    assert b"0123456789abcdef0123456789abcdef" not in sealed


def test_an_official_account_stands_beside_the_mini_program(
    installation: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    async def look() -> tuple[str, str | None]:
        async with open_runtime(settings.load(), pool_size=2) as rt:
            return await official_appid(rt.db), await own_appid(rt.db)

    main(["open-store", "lane", "--name", "巷口", "--owner", "lin"])
    (installation / "official.txt").write_text("0123456789abcdef0123456789abcdee")
    given = ["account", "lane", *WHO, *secret_files(installation, new_key())]
    secret = ["--official-secret", str(installation / "official.txt")]
    assert main([*given, *secret]) == 1
    assert main([*given, *secret, "--official-appid", "wx0123456789abcdef"]) == 1
    assert main([*given, *secret, "--official-appid", "wxofficial000001"]) == 0
    assert asyncio.run(look()) == ("wxofficial000001", "wx0123456789abcdef")
    assert capsys.readouterr().err.count("zhanggui:") == 2


def test_what_cannot_work_is_one_sentence(installation: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["open-store", "lane", "--name", "巷口", "--owner", "lin"])
    files = secret_files(installation, "no key at all")
    assert main(["account", "lane", *WHO, *files]) == 1
    assert main(["account", "nowhere", *WHO, *files]) == 1
    assert main(["account", "lane", *WHO, *files, "--public-key-id", "PUB_KEY_ID_1"]) == 1
    said = capsys.readouterr().err
    assert said.count("zhanggui:") == 3
    assert "Traceback" not in said
