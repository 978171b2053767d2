"""What must not be in tracked files: addresses of package registries, paths of one machine, private keys, promises."""

import re

from steps import StepFailed, main, say
from tracked_files import text_of, tracked

# Written in pieces so that this file does not find itself; registries by how they are called, whichever they are.
FORBIDDEN = {
    "a package registry's address": re.compile(
        r"\b(?:registry\.[a-z0-9-]+|(?:[a-z0-9-]+\.)?[a-z]*npm[a-z]*|(?:[a-z0-9-]+\.)?[a-z]*pypi|files\.[a-z]+hosted)"
        r"\.(?:org|com|cn|net|io|dev)\b"
    ),
    "a path of somebody's machine": re.compile(
        r"/(work/(main|shared)" + r"|home/[a-z]+/|Users/[A-Za-z]+/|root/\.)" + r"|/tmp/(brief|bash_jobs)"
    ),
    "a private key": re.compile(r"BEGIN (RSA |EC |OPENSSH )?PRIVATE" + r" KEY-----\s*\n[A-Za-z0-9+/]"),
    "something promised": re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|[Cc]oming" + r" soon"),
    "a conflict mark": re.compile(r"^(<<<<<<<|>>>>>>>) ", re.MULTILINE),
}
# A lock file says version and hash; where a package is fetched from is the machine's own setting.
FETCHED_FROM = re.compile(
    r'"resolved": "[a-z+]*://|^\s*registry\s*=|(^|\s)(--(extra-)?index-url|--find-links|-[if])[ =]|@ https?://',
    re.MULTILINE,
)
LOCKS = re.compile(r"(^|/)(package-lock\.json|\.npmrc|requirements/[^/]+\.(txt|in))$")
NEVER = re.compile(r"(^|/)(node_modules|dist|unpackage|\.data|\.venv)/|\.(pyc|pem|key|log)$")
LARGEST_BYTES = 3_000_000


def check() -> None:
    """Look through every tracked file; raises StepFailed with one line for each find."""
    finds: list[str] = []
    count = 0
    for name, path in tracked():
        count += 1
        if NEVER.search(name):
            finds.append(f"{name}: build output or a secret, not a source")
        if path.stat().st_size > LARGEST_BYTES:
            finds.append(f"{name}: larger than {LARGEST_BYTES // 1_000_000} MB")
        text = text_of(path)
        if text is None:
            continue
        finds += look_through(name, text)
    if finds:
        raise StepFailed("\n".join(finds))
    say(f"{count} files, nothing that does not belong")


def look_through(name: str, text: str) -> list[str]:
    """One line for each kind of thing in this text that must not be in the file called `name`."""
    patterns = (
        {**FORBIDDEN, "where a package is fetched from": FETCHED_FROM} if LOCKS.search(name) else FORBIDDEN
    )
    return [
        f"{name}:{text.count(chr(10), 0, found.start()) + 1}: {what}: {found.group().strip()!r}"
        for what, pattern in patterns.items()
        if (found := pattern.search(text))
    ]


if __name__ == "__main__":
    main(check)
