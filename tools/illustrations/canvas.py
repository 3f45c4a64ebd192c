"""A small SVG writer: shapes go in painting order, gradients and filters are kept once each."""

from collections.abc import Iterator
from contextlib import contextmanager

Stop = tuple[float, str] | tuple[float, str, float]
Attribute = str | float


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


def _attributes(values: dict[str, Attribute | None]) -> str:
    parts = []
    for name, value in values.items():
        if value is not None:
            text = value if isinstance(value, str) else _number(value)
            parts.append(f'{name.rstrip("_").replace("_", "-")}="{text}"')
    return " ".join(parts)


class Canvas:
    """One picture in the making, in pixels, the origin at the upper left."""

    def __init__(self, width: int = 1600, height: int = 1600) -> None:
        self.width = width
        self.height = height
        self._defs: dict[str, str] = {}
        self._body: list[str] = []

    def svg(self) -> str:
        """Return the whole document."""
        size = f'width="{self.width}" height="{self.height}" viewBox="0 0 {self.width} {self.height}"'
        defs = "".join(markup.replace("@", name) for markup, name in self._defs.items())
        body = "".join(self._body)
        return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><defs>{defs}</defs>{body}</svg>'

    def define(self, markup: str) -> str:
        """Keep a definition whose id is written `@`, and return `url(#id)`; equal ones are kept once."""
        name = self._defs.setdefault(markup, f"d{len(self._defs)}")
        return f"url(#{name})"

    def linear(self, *stops: Stop, vector: tuple[float, float, float, float] = (0, 0, 1, 0)) -> str:
        """Return a linear gradient over the shape's box; `vector` is x1, y1, x2, y2 in shares of it."""
        x1, y1, x2, y2 = vector
        ends = _attributes({"x1": x1, "y1": y1, "x2": x2, "y2": y2})
        return self.define(f'<linearGradient id="@" {ends}>{_stops(stops)}</linearGradient>')

    def down(self, *stops: Stop) -> str:
        """Return a linear gradient from the top of the shape to its bottom."""
        return self.linear(*stops, vector=(0, 0, 0, 1))

    def radial(self, *stops: Stop, centre: tuple[float, float] = (0.5, 0.5), radius: float = 0.5) -> str:
        """Return a radial gradient over the shape's box."""
        where = _attributes({"cx": centre[0], "cy": centre[1], "r": radius})
        return self.define(f'<radialGradient id="@" {where}>{_stops(stops)}</radialGradient>')

    def blur(self, deviation: float) -> str:
        """Return a filter that blurs by `deviation` pixels, with room for the blur around the shape."""
        return self.define(
            '<filter id="@" x="-100%" y="-100%" width="300%" height="300%" color-interpolation-filters="sRGB">'
            f'<feGaussianBlur stdDeviation="{_number(deviation)}"/></filter>'
        )

    def noise(self, frequency: str, colour: str, strength: float, *, seed: int = 3, octaves: int = 3) -> str:
        """Return a filter that replaces a shape by noise of `colour`, for grain of wood, cloth or clay.

        `frequency` is SVG's baseFrequency, "x y" stretching the grain along the smaller of the two.
        """
        red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        rows = (f"0 0 0 0 {red:.3f}", f"0 0 0 0 {green:.3f}", f"0 0 0 0 {blue:.3f}")
        matrix = " ".join((*rows, f"{_number(2.6 * strength)} 0 0 0 {_number(-0.95 * strength)}"))
        return self.define(
            '<filter id="@" x="0" y="0" width="100%" height="100%" color-interpolation-filters="sRGB">'
            f'<feTurbulence type="fractalNoise" baseFrequency="{frequency}" numOctaves="{octaves}" seed="{seed}"/>'
            f'<feColorMatrix values="{matrix}"/><feComposite in2="SourceGraphic" operator="in"/></filter>'
        )

    def clip(self, path: str) -> str:
        """Return a clip to the inside of `path`."""
        return self.define(f'<clipPath id="@"><path d="{path}"/></clipPath>')

    def add(self, markup: str) -> None:
        """Paint ready-made markup."""
        self._body.append(markup)

    def path(self, path: str, fill: str = "none", **attributes: Attribute | None) -> None:
        """Paint a path; attributes are SVG's, with `_` for `-`."""
        self.add(f'<path d="{path}" fill="{fill}" {_attributes(attributes)}/>')

    def stroke(self, path: str, colour: str, width: float, **attributes: Attribute | None) -> None:
        """Paint a line along `path` with round ends."""
        look: dict[str, Attribute | None] = {
            "stroke_linecap": "round",
            "stroke_linejoin": "round",
            "stroke": colour,
            "stroke_width": width,
            **attributes,
        }
        self.add(f'<path d="{path}" fill="none" {_attributes(look)}/>')

    def ellipse(
        self, cx: float, cy: float, rx: float, ry: float, fill: str = "none", **attributes: Attribute | None
    ) -> None:
        """Paint an ellipse."""
        where = _attributes({"cx": cx, "cy": cy, "rx": rx, "ry": ry})
        self.add(f'<ellipse {where} fill="{fill}" {_attributes(attributes)}/>')

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: str = "none",
        **attributes: Attribute | None,
    ) -> None:
        """Paint a rectangle."""
        where = _attributes({"x": x, "y": y, "width": width, "height": height})
        self.add(f'<rect {where} fill="{fill}" {_attributes(attributes)}/>')

    @contextmanager
    def group(self, *, blend: str | None = None, **attributes: Attribute | None) -> Iterator[None]:
        """Paint what follows together: clipped, blurred, moved or blended as the attributes say."""
        style = f"mix-blend-mode:{blend}" if blend else None
        self.add(f"<g {_attributes({**attributes, 'style': style})}>")
        yield
        self.add("</g>")

    @contextmanager
    def placed(self, x: float, y: float, scale: float, *, turn: float = 0) -> Iterator[None]:
        """Paint a product drawn about its foot (800, 1260) so that the foot stands at (x, y)."""
        move = f"translate({_number(x)} {_number(y)}) rotate({_number(turn)}) scale({scale:.4f}) translate(-800 -1260)"
        with self.group(transform=move):
            yield


def _stops(stops: tuple[Stop, ...]) -> str:
    parts = []
    for stop in stops:
        opacity = f' stop-opacity="{_number(stop[2])}"' if len(stop) == 3 else ""
        parts.append(f'<stop offset="{_number(stop[0])}" stop-color="{stop[1]}"{opacity}/>')
    return "".join(parts)
