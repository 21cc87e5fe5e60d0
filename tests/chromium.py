"""The browser of the suite: where it is, and how it comes onto the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-wqy-microhei")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]


@cache
def find() -> str | None:
    """Chromium on the PATH, else the one that Playwright downloaded, else None."""
    for name in NAMES:
        if found := shutil.which(name):
            return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def version() -> str | None:
    """For instance `156.0.8078.79`."""
    path = find()
    if path is None:
        return None
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout
    return next((word for word in said.split() if word[0].isdigit()), "of unknown version")


def install() -> None:
    """By apt as root, else as Playwright's own download; failing is said, and no error."""
    apt = shutil.which("apt-get")
    if apt and os.geteuid() == 0:
        subprocess.run([apt, "update", "-qq"], check=False)
        env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        command = [apt, "install", "-y", "-qq", "--no-install-recommends", *PACKAGES]
        if subprocess.run(command, env=env, check=False).returncode == 0:
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


if __name__ == "__main__":
    if find() is None:
        print("装浏览器 (installing Chromium) …", flush=True)
        install()
        find.cache_clear()
    if find() is None:
        print("没有浏览器，浏览器测试会跳过 (no Chromium: its tests are left out)", file=sys.stderr)
