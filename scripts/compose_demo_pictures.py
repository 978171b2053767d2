"""Compose the demo stores' pictures: 3-D objects on warm grounds with soft shadows, WebP at 800 px.

The objects come from the npm package @lobehub/fluent-emoji-3d (MIT). Fetch and unpack it, then run this:

    npm pack @lobehub/fluent-emoji-3d@1.1.0 && tar xzf lobehub-fluent-emoji-3d-1.1.0.tgz
    .venv/bin/python scripts/compose_demo_pictures.py package/assets

Recipes are in scripts/demo_pictures/*.toml; results go to src/zhanggui/demo/pictures/{store}/.
"""

import argparse
import sys
import tomllib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageOps

ROOT = Path(__file__).resolve().parent.parent
RECIPES = ROOT / "scripts" / "demo_pictures"
OUT = ROOT / "src" / "zhanggui" / "demo" / "pictures"
GOODS = ROOT / "src" / "zhanggui" / "demo" / "catalogue"
MAX_BYTES = 25_000
SCENES = {  # wall at the top, wall at the bottom, floor, podium
    "cream": ("#fdf6ea", "#f3e2c8", "#ead3b1", "#fff9ef"),
    "peach": ("#ffeee2", "#fbd0b5", "#f0b794", "#fff4ec"),
    "rose": ("#fff0ef", "#f7ccc9", "#ebb1ae", "#fff6f5"),
    "sand": ("#f7f0e6", "#e3d2ba", "#d3bd9e", "#fbf6ee"),
    "honey": ("#fff6dd", "#f8dc9a", "#ecc572", "#fffaea"),
    "mint": ("#f0f8ef", "#c9e3cd", "#acd0b3", "#f7fcf6"),
    "sky": ("#eef5fa", "#c5dceb", "#a6c7dc", "#f6fafd"),
    "lilac": ("#f6f1fa", "#d9cbea", "#c2b0da", "#faf7fd"),
    "cocoa": ("#f3e6da", "#cfae92", "#b89274", "#f8eee5"),
    "seal": ("#d1492a", "#a82c10", "#92260e", "#e8d2c4"),
    "pine": ("#2f8367", "#1a5a45", "#144a38", "#dcebe4"),
}
COLOURS = {"green": "#4f9a6b", "natural": "#e9dcc3", "black": "#3f4248", "blue": "#3c5f9e", "red": "#cf4a32",
           "yellow": "#edc65a", "pink": "#e5a7ab"}  # fmt: skip
CERAMICS = {**COLOURS, "porcelain": "#f7f2ea", "vermilion": "#c9502f", "slate": "#6f8694", "honey": "#e2ab4a"}
LIQUIDS = {"latte": "#b98255", "americano": "#4a2a1a", "cappuccino": "#c99a6c", "mocha": "#6b3f28",
           "matcha": "#9db45a", "chocolate": "#5a3322"}  # fmt: skip
LAYOUTS = {  # size, centre x, foot y, angle; back to front
    "hero": [(490, 400, 655, 0)],
    "aside": [(460, 360, 640, 0), (215, 620, 700, 8)],
    "asideL": [(460, 440, 640, 0), (215, 180, 700, -8)],
    "duo": [(370, 275, 610, -7), (380, 520, 690, 6)],
    "pair": [(390, 290, 600, 12), (400, 500, 690, -6)],
    "trio": [(430, 400, 625, 0), (200, 185, 700, -8), (200, 620, 700, 8)],
    "triple": [(310, 225, 590, -6), (310, 575, 590, 6), (350, 400, 695, 0)],
    "fan": [(350, 225, 650, -14), (350, 575, 650, 14), (410, 400, 690, 0)],
    "pile": [(300, 400, 450, 8), (310, 250, 680, -10), (310, 550, 680, 14)],
    "descending": [(430, 270, 650, 0), (310, 510, 675, 0), (205, 665, 690, 0)],
    "icon": [(320, 200, 350, 0)],
    "logo": [(270, 200, 335, 0)],
    "banner": [(330, 560, 640, -6), (480, 840, 670, 0), (380, 1120, 650, 6), (230, 1350, 700, 12)],
}


def rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def mix(one: str, other: str, share: float) -> str:
    pairs = zip(rgb(one), rgb(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def gradient(size: tuple[int, int], top: str, bottom: str) -> Image.Image:
    ramp = Image.linear_gradient("L").resize(size)
    return ImageOps.colorize(ramp, top, bottom)


def ground(scene: str, size: tuple[int, int], podium: tuple[int, int, int] | None) -> Image.Image:
    """A wall that melts into a floor, light from the upper left, and a low podium to stand on."""
    top, bottom, floor, stone = SCENES[scene]
    width, height = size
    image = gradient(size, top, bottom)
    horizon = round(height * 0.66)
    ellipse = Image.new("L", size, 0)
    ImageDraw.Draw(ellipse).ellipse((-width // 3, horizon, width + width // 3, height + height), fill=150)
    image.paste(
        gradient(size, mix(floor, "#ffffff", 0.25), floor), mask=ellipse.filter(ImageFilter.GaussianBlur(26))
    )
    glow = Image.new("L", size, 0)
    ImageDraw.Draw(glow).ellipse((width * 0.02, -height * 0.28, width * 0.72, height * 0.62), fill=120)
    image.paste(Image.new("RGB", size, "white"), mask=glow.filter(ImageFilter.GaussianBlur(110)))
    if podium:
        x, y, radius = podium
        flat = radius * 0.26
        shade = Image.new("L", size, 0)
        ImageDraw.Draw(shade).ellipse(
            (x - radius - 14, y - flat + 42, x + radius + 26, y + flat + 64), fill=95
        )
        image.paste(
            Image.new("RGB", size, mix(floor, "#3a2415", 0.55)),
            mask=shade.filter(ImageFilter.GaussianBlur(24)),
        )
        big = Image.new("RGBA", (width * 2, height * 2), (0, 0, 0, 0))
        pen = ImageDraw.Draw(big)
        x, y, radius, flat = x * 2, y * 2, radius * 2, flat * 2
        side = (*rgb(mix(stone, floor, 0.55)), 255)
        pen.ellipse((x - radius, y - flat + 64, x + radius, y + flat + 64), fill=side)
        pen.rectangle((x - radius, y, x + radius, y + 64), fill=side)
        pen.ellipse((x - radius, y - flat, x + radius, y + flat), fill=(*rgb(stone), 255))
        big = big.resize(size, Image.Resampling.LANCZOS)
        image.paste(big, mask=big)
    return image


def each(channel: Image.Image, change: Callable[[int], int]) -> Image.Image:
    """Change every value (0…255) of a picture of one channel."""
    return channel.point([change(value) for value in range(256)])


def recolour(image: Image.Image, colour: str, about: dict[str, Any]) -> Image.Image:
    """Give the chosen pixels another colour and keep their light and shade."""
    hue, saturation, _ = image.convert("RGB").convert("HSV").split()
    mask = each(image.getchannel("A"), lambda a: 255 if a else 0)
    if "hue" in about:
        low, high = (round(h * 255 / 360) for h in about["hue"])
        around = low > high  # the span goes through 0°
        near = each(hue, lambda h: 255 if (h >= low or h <= high if around else low <= h <= high) else 0)
        strong = each(saturation, lambda s: min(255, max(0, (s - 70) * 6)))
        mask = ImageChops.multiply(mask, ImageChops.multiply(near, strong))
    if about.get("grey"):
        pale = each(image.convert("L"), lambda v: min(255, max(0, (v - 118) * 6)))
        mask = ImageChops.multiply(mask, pale)
    mask = mask.filter(ImageFilter.GaussianBlur(0.8))
    light = image.convert("L")
    histogram = light.histogram(each(mask, lambda m: 255 if m > 127 else 0))
    count = sum(histogram) or 1
    mean = min(200, max(60, round(sum(v * n for v, n in enumerate(histogram)) / count)))
    shades = ImageOps.colorize(
        light, mix(colour, "#000000", 0.62), mix(colour, "#ffffff", 0.72), colour, midpoint=mean
    ).convert("RGB")
    painted = Image.composite(shades, image.convert("RGB"), mask)
    painted.putalpha(image.getchannel("A"))
    return painted


@cache
def things() -> dict[str, dict[str, Any]]:
    return tomllib.loads((RECIPES / "things.toml").read_text(encoding="utf-8"))


def raw(name: str, assets: Path) -> Image.Image:
    about = things()[name]
    image = Image.open(next(assets.glob(f"{about['code']}*.webp"))).convert("RGBA")
    if "crop" in about:
        image = image.crop(tuple(about["crop"]))
        image = image.crop(image.getbbox())
    return image


def cup(liquid: str, art: str, ceramic: str, assets: Path) -> Image.Image:
    """The cup seen from above with another drink, a pattern poured into it, and another glaze."""
    plain = raw("cup", assets)
    image = recolour(plain, CERAMICS[ceramic], things()["cup"])
    scale = 4
    surface = Image.new("L", (256 * scale, 256 * scale), 0)
    box = tuple(round(v * scale) for v in (50, 41, 178, 155))
    ImageDraw.Draw(surface).ellipse(box, fill=255)
    surface = surface.resize((256, 256), Image.Resampling.LANCZOS)
    dark = each(plain.convert("L"), lambda v: 255 if v < 126 else 0).filter(ImageFilter.GaussianBlur(1))
    surface = ImageChops.multiply(surface, dark)
    shade = plain.convert("L").filter(ImageFilter.GaussianBlur(3))
    drink = ImageOps.colorize(
        shade, mix(LIQUIDS[liquid], "#000000", 0.45), mix(LIQUIDS[liquid], "#ffffff", 0.5), LIQUIDS[liquid],
        midpoint=92,
    )  # fmt: skip
    foam = pattern(art, scale)
    drink.paste(Image.new("RGB", (256, 256), "#fbf1e0"), mask=foam)
    body = image.convert("RGB")
    body.paste(drink, mask=surface)
    body.putalpha(plain.getchannel("A"))
    return body


def pattern(art: str, scale: int) -> Image.Image:
    """What the barista pours, as a mask of 256 × 256; the cup's mouth is around (114, 98)."""
    image = Image.new("L", (256 * scale, 256 * scale), 0)
    pen = ImageDraw.Draw(image)

    def blob(x: float, y: float, rx: float, ry: float, value: int = 255) -> None:
        pen.ellipse(((x - rx) * scale, (y - ry) * scale, (x + rx) * scale, (y + ry) * scale), fill=value)

    if art == "heart":
        blob(100, 88, 18, 17)
        blob(128, 88, 18, 17)
        pen.polygon([(v[0] * scale, v[1] * scale) for v in ((84, 96), (144, 96), (114, 132))], fill=255)
    elif art == "rosetta":
        for step in range(5):
            blob(114, 66 + step * 13, 30 - step * 3.4, 8.5)
            blob(114, 60 + step * 13, 27 - step * 3.4, 6.5, 0)
        pen.line([(114 * scale, 60 * scale), (114 * scale, 136 * scale)], fill=255, width=5 * scale)
    elif art == "foam":
        blob(114, 97, 50, 43, 225)
        for x, y in ((96, 84), (128, 80), (116, 100), (94, 110), (134, 108), (112, 122), (106, 72)):
            blob(x, y, 4, 3.2, 90)
    elif art == "swirl":
        for turn, width in ((48, 9), (30, 8), (13, 8)):
            pen.arc(
                ((114 - turn) * scale, (97 - turn * 0.86) * scale, (114 + turn) * scale, (97 + turn * 0.86) * scale),
                20, 320, fill=235, width=width * scale,
            )  # fmt: skip
    return image.resize((256, 256), Image.Resampling.LANCZOS).filter(ImageFilter.GaussianBlur(0.9))


def thing(word: str, assets: Path) -> Image.Image:
    """`name`, `name@colour`, `cup:liquid:art:ceramic`."""
    if word.startswith("cup:"):
        _, liquid, art, ceramic = word.split(":")
        return cup(liquid, art, ceramic, assets)
    name, _, colour = word.partition("@")
    image = raw(name, assets)
    return recolour(image, COLOURS.get(colour, colour), things()[name]) if colour else image


def place(canvas: Image.Image, image: Image.Image, size: int, x: int, foot: int, angle: float) -> None:
    """Put an object down on its foot: scaled, turned, with a contact shadow and a soft one to the lower right."""
    image = image.crop(image.getbbox())
    scale = size / max(image.size)
    image = image.resize((round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS)
    image = image.filter(ImageFilter.UnsharpMask(1.6, 60, 2))
    if angle:
        image = image.rotate(-angle, Image.Resampling.BICUBIC, expand=True)
    image = image.crop(image.getbbox())
    left, top = x - image.width // 2, foot - image.height
    dark = Image.new("RGB", canvas.size, "#4a2c18")
    cast = Image.new("L", canvas.size, 0)
    cast.paste(each(image.getchannel("A"), lambda a: a * 60 // 255), (left + size // 28, top + size // 18))
    canvas.paste(dark, mask=cast.filter(ImageFilter.GaussianBlur(size / 22)))
    contact = Image.new("L", canvas.size, 0)
    wide, middle = image.width * 0.4, left + image.width // 2
    ImageDraw.Draw(contact).ellipse(
        (middle - wide, foot - size * 0.055, middle + wide, foot + size * 0.04), fill=120
    )
    canvas.paste(dark, mask=contact.filter(ImageFilter.GaussianBlur(size / 36)))
    canvas.paste(image, (left, top), image)


def compose(recipe: list[str], assets: Path) -> Image.Image:
    scene, layout, *words = recipe
    slots = LAYOUTS[layout]
    if layout == "icon":
        canvas = Image.new("RGBA", (400, 400), (0, 0, 0, 0))
        image = thing(words[0], assets)
        image = image.crop(image.getbbox())
        scale = slots[0][0] / max(image.size)
        image = image.resize(
            (round(image.width * scale), round(image.height * scale)), Image.Resampling.LANCZOS
        )
        shadow = Image.new("L", canvas.size, 0)
        ImageDraw.Draw(shadow).ellipse((90, 330, 310, 372), fill=70)
        canvas.paste((74, 44, 24, 255), mask=shadow.filter(ImageFilter.GaussianBlur(12)))
        canvas.paste(image, (200 - image.width // 2, 350 - image.height), image)
        return canvas
    if layout == "logo":
        canvas = gradient((400, 400), *SCENES[scene][:2])
        disc = Image.new("L", (800, 800), 0)
        ImageDraw.Draw(disc).ellipse((64, 64, 736, 736), fill=60)
        canvas.paste(Image.new("RGB", (400, 400), "white"), mask=disc.resize((400, 400)))
    elif layout == "banner":
        canvas = ground(scene, (1600, 800), (940, 640, 560))
    else:
        canvas = ground(scene, (800, 800), (400, 640, 345))
    for (size, x, foot, angle), word in zip(slots, words, strict=True):
        place(canvas, thing(word, assets), size, x, foot, angle)
    return canvas if layout != "banner" else canvas.resize((800, 400), Image.Resampling.LANCZOS)


def expanded(store: str) -> dict[str, list[str]]:
    """All recipes of a store, `*` replaced by each colour of the product."""
    recipes: dict[str, list[str]] = tomllib.loads((RECIPES / f"{store}.toml").read_text(encoding="utf-8"))
    goods = tomllib.loads((GOODS / f"{store}.toml").read_text(encoding="utf-8"))["products"]
    colours = {g["code"]: g["axes"][0].split(":")[1].split(",") for g in goods if g.get("coloured")}
    found: dict[str, list[str]] = {}
    for name, recipe in recipes.items():
        if not name.endswith("-*"):
            found[name] = recipe
            continue
        for colour in colours[name[:-2]]:
            words = [
                w.replace(":*", f":{colour}") if w.endswith(":*") else w.replace("*", f"@{colour}")
                for w in recipe
            ]
            found[f"{name[:-2]}-{colour}"] = words
    missing = {g["code"] for g in goods} - found.keys()
    if missing:
        sys.exit(f"{store}: no picture for {', '.join(sorted(missing))}")
    return found


def save(store: str, name: str, recipe: list[str], assets: Path) -> int:
    image = compose(recipe, assets)
    target = OUT / store / f"{name}.webp"
    for quality in (84, 78, 72, 66, 60):
        image.save(target, "WEBP", quality=quality, method=6)
        if target.stat().st_size <= MAX_BYTES:
            break
    return target.stat().st_size


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("assets", type=Path, help="package/assets of @lobehub/fluent-emoji-3d")
    parser.add_argument("--only", default="", help="names that begin with this")
    chosen = parser.parse_args()
    with ProcessPoolExecutor() as pool:
        for store in ("coffee", "southwind"):
            (OUT / store).mkdir(parents=True, exist_ok=True)
            recipes = {n: r for n, r in expanded(store).items() if n.startswith(chosen.only)}
            jobs = [pool.submit(save, store, name, recipe, chosen.assets) for name, recipe in recipes.items()]
            sizes = [job.result() for job in jobs]
            if sizes:
                sys.stdout.write(
                    f"{store}: {len(sizes)} pictures, {sum(sizes) // 1000} kB, largest {max(sizes)} B\n"
                )


if __name__ == "__main__":
    main()
