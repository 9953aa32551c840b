"""Builds the icon sprite from an unpacked `lucide-static`, and stamps VENDOR.json.

    npm pack lucide-static && tar xzf lucide-static-*.tgz
    python tests/ui/build_sprite.py package

Symbols keep the names our templates use; where lucide calls an icon otherwise, SYMBOLS says so.
"""

import hashlib
import json
import re
import sys
from pathlib import Path

VENDOR = Path(__file__).resolve().parents[2] / "core" / "static" / "vendor"

SYMBOLS = {
    "alert-triangle": "triangle-alert",
    "arrow-left": "arrow-left",
    "arrow-right": "arrow-right",
    "arrow-up-circle": "circle-arrow-up",
    "bar-chart": "chart-column",
    "bell": "bell",
    "building": "building-2",
    "calendar": "calendar",
    "camera": "camera",
    "check": "check",
    "check-circle": "circle-check",
    "chevron-down": "chevron-down",
    "chevron-left": "chevron-left",
    "chevron-right": "chevron-right",
    "chevron-up": "chevron-up",
    "clipboard": "clipboard-list",
    "clipboard-check": "clipboard-check",
    "clock": "clock",
    "copy": "copy",
    "crown": "crown",
    "download": "download",
    "external-link": "external-link",
    "eye": "eye",
    "eye-off": "eye-off",
    "file-text": "file-text",
    "filter": "funnel",
    "flag": "flag",
    "globe": "globe",
    "hand": "hand",
    "headset": "headset",
    "heart": "heart",
    "history": "history",
    "home": "house",
    "image": "image",
    "inbox": "inbox",
    "info": "info",
    "key": "key-round",
    "keyboard": "keyboard",
    "lightbulb": "lightbulb",
    "link": "link",
    "lock": "lock",
    "log-out": "log-out",
    "map-pin": "map-pin",
    "megaphone": "megaphone",
    "message-square": "message-square",
    "minus": "minus",
    "monitor": "monitor",
    "moon": "moon",
    "more-horizontal": "ellipsis",
    "paperclip": "paperclip",
    "pause": "pause",
    "pencil": "pencil",
    "phone": "phone",
    "phone-call": "phone-call",
    "plus": "plus",
    "question": "circle-question-mark",
    "refresh-cw": "refresh-cw",
    "rotate-ccw": "rotate-ccw",
    "scale": "scale",
    "search": "search",
    "send": "send",
    "settings": "settings-2",
    "shield": "shield",
    "shield-check": "shield-check",
    "siren": "siren",
    "star": "star",
    "sun": "sun",
    "ticket": "ticket",
    "timer": "timer",
    "trash": "trash-2",
    "type-size": "a-large-small",
    "undo": "undo-2",
    "upload": "upload",
    "user": "user",
    "user-check": "user-check",
    "users": "users",
    "wrench": "wrench",
    "x": "x",
    "x-circle": "circle-x",
    "zap": "zap",
}


def symbol(name: str, source: Path) -> str:
    drawing = re.search(r"<svg[^>]*>(.*)</svg>", source.read_text(), re.DOTALL).group(1)
    one_line = re.sub(r"\s*\n\s*", "", drawing)
    return f'<symbol id="{name}" viewBox="0 0 24 24">{one_line}</symbol>'


def build(package: Path) -> str:
    icons = package / "icons"
    symbols = [symbol(name, icons / f"{own}.svg") for name, own in sorted(SYMBOLS.items())]
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', *symbols, "</svg>", ""])


def stamp(file: Path) -> None:
    manifest = VENDOR / "VENDOR.json"
    entries = json.loads(manifest.read_text())
    for entry in entries:
        if entry["file"] == str(file.relative_to(VENDOR)):
            entry["sha256"] = hashlib.sha256(file.read_bytes()).hexdigest()
    manifest.write_text(json.dumps(entries, indent=2, ensure_ascii=False) + "\n")


def main() -> None:
    package = Path(sys.argv[1])
    version = json.loads((package / "package.json").read_text())["version"]
    sprite = VENDOR / f"lucide@{version}" / "sprite.svg"
    sprite.write_text(build(package))
    stamp(sprite)


if __name__ == "__main__":
    main()
