"""What must not be in tracked files: addresses of package registries, paths of one machine, private keys, promises."""

import re

from steps import StepFailed, main, say
from tracked_files import text_of, tracked

# Written in pieces so that this file does not find itself.
FORBIDDEN = {
    "a package registry's address": re.compile(
        r"registry\.(npmjs|npmmirror|yarnpkg)"
        + r"\.|(^|[/.@])pypi"
        + r"\.org|files\.python"
        + r"hosted|\bnpmmirror"
        + r"\.com"
    ),
    "a path of somebody's machine": re.compile(
        r"/(work/(main|shared)" + r"|home/[a-z]+/|Users/[A-Za-z]+/|root/\.)" + r"|/tmp/(brief|bash_jobs)"
    ),
    "a private key": re.compile(r"BEGIN (RSA |EC |OPENSSH )?PRIVATE" + r" KEY-----\s*\n[A-Za-z0-9+/]"),
    "something promised": re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b|[Cc]oming" + r" soon"),
    "a conflict mark": re.compile(r"^(<<<<<<<|>>>>>>>) ", re.MULTILINE),
}
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
        for what, pattern in FORBIDDEN.items():
            found = pattern.search(text)
            if found:
                line = text.count("\n", 0, found.start()) + 1
                finds.append(f"{name}:{line}: {what}: {found.group().strip()!r}")
    if finds:
        raise StepFailed("\n".join(finds))
    say(f"{count} files, nothing that does not belong")


if __name__ == "__main__":
    main(check)
