#!/usr/bin/env python3
"""Makes the shop's font files, static/fonts/*, from the npm package of Bricolage Grotesque.

To run it again, in this directory:

    npm ci --ignore-scripts
    python3 -m venv venv && venv/bin/pip install -r requirements.txt
    venv/bin/python make.py

Visitors load two cuts, each in two files, of which a browser takes the second only for letters that are not in the
first: `text`, with its weights, and `display`, narrow and heavy, for names, prices and clocks. `display.ttf` has all
letters of the narrow cut in one file: the server draws pictures with it. What is printed at the end are the metrics
that the fallback faces in style.css are given, so that nothing moves when a font arrives.
"""

from pathlib import Path
from shutil import copyfile

from fontTools import subset
from fontTools.merge import Merger
from fontTools.ttLib import TTFont
from fontTools.varLib import instancer

HERE = Path(__file__).parent
PACKAGE = HERE / "node_modules/@fontsource-variable/bricolage-grotesque"
OUT = HERE.parent.parent / "static/fonts"

# Optical size, weight, width. The text cut keeps its weights from regular to bold.
CUTS = {
    "text": {"opsz": 14, "wght": (400, 800), "wdth": 100},
    "display": {"opsz": 24, "wght": 740, "wdth": 78},
}
# Western Europe; then the rest of the Latin alphabets. What comes with the package and is in neither is left out.
LETTERS = {
    "latin": [*range(0x20, 0x7F), *range(0xA0, 0x100), 0x131, 0x152, 0x153, 0x2C6, 0x2DA, 0x2DC, *range(0x2000, 0x2070),
              0x20AC, 0x2122, 0x2212],
    "latin-ext": [*range(0x100, 0x250), 0x2C7, *range(0x1E80, 0x1EA0), 0x1EF2, 0x1EF3, *range(0x20A0, 0x20C1)],
}
FEATURES = ["ccmp", "locl", "mark", "mkmk", "kern", "tnum"]


def cut(letters, axes):
    """The font of one file, with these letters alone."""
    font = TTFont(PACKAGE / f"files/bricolage-grotesque-{letters}-standard-normal.woff2")
    options = subset.Options(layout_features=FEATURES, name_IDs=[0, 1, 2, 13, 14], notdef_outline=True, hinting=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=LETTERS[letters])
    subsetter.subset(font)
    return instancer.instantiateVariableFont(font, axes)


def save(font, name):
    """Writes a file; the same input gives the same bytes."""
    font.recalcTimestamp = False
    font.flavor = "woff2" if name.endswith(".woff2") else None
    font.save(OUT / name)
    print(f"{name}: {(OUT / name).stat().st_size} bytes")


def metrics(font):
    """Ascent, descent and the mean width of a letter, by how often English and its neighbours use it, in ems."""
    often = "                 eeeeeeeeeeetttttttttaaaaaaaaooooooooiiiiiiinnnnnnnsssssshhhhhhrrrrrrddddlllluuuccmmwwffggyyppbbvk"
    widths, glyphs = font["hmtx"], font.getBestCmap()
    em = font["head"].unitsPerEm
    mean = sum(widths[glyphs[ord(letter)]][0] for letter in often) / len(often) / em
    return font["hhea"].ascent / em, -font["hhea"].descent / em, mean


def main():
    OUT.mkdir(exist_ok=True)
    for name, axes in CUTS.items():
        for letters in LETTERS:
            save(cut(letters, axes), f"{name}-{letters}.woff2")
    parts = []
    for letters in LETTERS:
        parts.append(HERE / f"node_modules/display-{letters}.ttf")
        cut(letters, CUTS["display"]).save(parts[-1])
    save(Merger().merge([str(part) for part in parts]), "display.ttf")
    copyfile(PACKAGE / "LICENSE", OUT / "LICENSE")
    for name, axes in CUTS.items():
        axes = {**axes, **({"wght": 400} if name == "text" else {})}
        print(name, "ascent %.3f, descent %.3f, mean width %.4f of an em" % metrics(cut("latin", axes)))


if __name__ == "__main__":
    main()
