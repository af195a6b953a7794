"""Reads the platform's XML into flat fields, refusing whatever the platform never sends."""

from __future__ import annotations

from xml.parsers import expat

from bot.errors import BadRequest

Fields = dict[str, list[str]]

_MAX_DEPTH = 20
_MAX_ELEMENTS = 200
_MAX_ATTRIBUTES = 8
_UTF8 = {"utf-8", "utf8", "us-ascii"}


def read_fields(text: str) -> Fields:
    """Return path below the root → texts, such as ``ScanCodeInfo/ScanResult``.

    DTDs and entities are refused by the parser's own hooks, so those words may stand in a
    CDATA section, where a customer may have typed them. Raise BadRequest.
    """
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters.append
    parser.StartDoctypeDeclHandler = _refuse_dtd
    parser.EntityDeclHandler = _refuse_dtd
    parser.XmlDeclHandler = _check_declaration
    try:
        parser.Parse(text.removeprefix("\ufeff"), True)
    except (expat.ExpatError, UnicodeEncodeError):
        raise BadRequest("xml malformed") from None
    return reader.fields


def _refuse_dtd(*_: object) -> None:
    raise BadRequest("xml has a document type or entity")


def _check_declaration(_: str, encoding: str | None, __: int) -> None:
    if encoding and encoding.lower() not in _UTF8:
        raise BadRequest("xml is not declared as UTF-8")


class _Reader:
    """Collects leaf texts by path; the root's own name is checked and left out."""

    __slots__ = ("_elements", "_leaf", "_path", "characters", "fields")

    def __init__(self) -> None:
        self.fields: Fields = {}
        self.characters: list[str] = []
        self._path: list[str] = []
        self._elements = 0
        self._leaf = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > _MAX_ELEMENTS or len(attributes) > _MAX_ATTRIBUTES:
            raise BadRequest("xml has too many elements or attributes")
        if len(self._path) >= _MAX_DEPTH:
            raise BadRequest("xml is nested too deeply")
        if not self._path and name != "xml":
            raise BadRequest("xml has another root")
        self._path.append(name)
        self._leaf = True
        self.characters.clear()

    def end(self, _: str) -> None:
        if self._leaf:
            # Nearly all fields lie directly below the root.
            path = self._path[1] if len(self._path) == 2 else "/".join(self._path[1:])
            self.fields.setdefault(path, []).append("".join(self.characters).strip())
        self._leaf = False
        self.characters.clear()
        self._path.pop()


def only(fields: Fields, path: str) -> str:
    """Return the one text at ``path`` or ''; raise BadRequest when there are several."""
    texts = fields.get(path)
    if texts is None:
        return ""
    if len(texts) > 1:
        raise BadRequest("xml repeats a field")
    return texts[0]
