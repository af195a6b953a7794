"""The picture on a card that leads to an electronic policy: nothing of a customer is on it.

Who sees a card in a list of chats, or on a locked screen, learns that it is a policy and no more;
the document itself opens only to whoever knows the end of its holder's number.
"""

from __future__ import annotations

from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from bot.pdf.font import FONT, printable

# As wide and high as the platform shows a large picture.
_SIZE = (900, 383)
_INK, _PAPER, _LINE, _ACCENT = (22, 78, 122), (255, 255, 255), (214, 222, 230), (240, 244, 248)
_TITLE, _LARGE, _SMALL = "电子保单", 76, 34
PICTURE_HEADERS = {
    "Cache-Control": "public, max-age=86400",
    "X-Content-Type-Options": "nosniff",
}


def cover(company: str, branch: str) -> bytes:
    """Return the picture as PNG."""
    image = Image.new("RGB", _SIZE, _ACCENT)
    pen = ImageDraw.Draw(image)
    _sheet(pen)
    pen.text((330, 110), _TITLE, fill=_INK, font=ImageFont.truetype(str(FONT), _LARGE))
    small = ImageFont.truetype(str(FONT), _SMALL)
    for line, text in enumerate(filter(None, (company, branch))):
        pen.text((334, 218 + 46 * line), printable(text)[:16], fill=_INK, font=small)
    file = BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def _sheet(pen: ImageDraw.ImageDraw) -> None:
    """A page with lines on it, and a seal."""
    pen.rounded_rectangle((90, 62, 270, 322), radius=12, fill=_PAPER, outline=_LINE, width=3)
    for top in range(112, 250, 30):
        pen.line((118, top, 242, top), fill=_LINE, width=8)
    pen.ellipse((196, 244, 256, 304), outline=_INK, width=5)
