"""Cut the font of our documents out of Noto Sans CJK SC: python tools/make_font.py SOURCE.ttc.

Run by hand, when the font itself is updated; the result is in the repository. It holds every
character of GBK (all common Chinese characters and those of most names) and no layout tables.
"""

from __future__ import annotations

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.ttCollection import TTCollection

FAMILY = "Noto Sans CJK SC"
TARGET = Path(__file__).parents[1] / "bot" / "pdf" / "fonts" / "NotoSansCJKsc-GBK.otf"
_NAMES = [0, 1, 2, 3, 4, 5, 6, 13, 14]


def characters() -> set[int]:
    """Return the code points that GBK has."""
    found = set()
    for point in range(0x20, 0x10000):
        try:
            chr(point).encode("gbk")
        except UnicodeEncodeError:
            continue
        found.add(point)
    return found


def main() -> None:
    """Write the font."""
    source = sys.argv[1]
    names = [font["name"].getDebugName(1) for font in TTCollection(source).fonts]
    font = TTFont(source, fontNumber=names.index(FAMILY))
    options = subset.Options(layout_features=[], hinting=False, name_IDs=_NAMES)
    options.drop_tables += ["VORG", "vhea", "vmtx", "GPOS", "GSUB", "BASE"]
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters())
    cutter.subset(font)
    font.save(TARGET)
    print(f"{TARGET.name}：{TARGET.stat().st_size} 字节")


if __name__ == "__main__":
    main()
