"""Cities as a user names them (鞍山, anshan, 210300) → six-digit codes."""

from __future__ import annotations

from analysis.lookups import load_csv
from analysis.reporting.parameters import ParameterError, nearest


def resolve_cities(names: tuple[str, ...]) -> tuple[str, ...]:
    """Codes in the order given; raises ParameterError naming the nearest place."""
    if not names:
        return ()
    known: dict[str, str] = {}
    for place in load_csv("places"):
        for key in ("code", "name", "short_name", "pinyin"):
            if place.get(key):
                known.setdefault(place[key], place["code"])
    codes = []
    for name in names:
        code = known.get(name) or known.get(name.lower())
        if code is None:
            guess = nearest(name, known)
            raise ParameterError(
                f"--city {name}: no such place.{f' Did you mean {guess}?' if guess else ''} Give a name (鞍山), its pinyin or its six-digit code."
            )
        codes.append(code)
    return tuple(dict.fromkeys(codes))
