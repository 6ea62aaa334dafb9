// <change-of-variables>: the map z = x + u tanh(2 (x - place)) of the line, a planar flow with m = 1, and what it does
// to a standard normal x. Where the map is steep the density of z is low; the area stays 1.

const SIZE = 240; // of the map's square, which shows -4 to 4 on both axes
const STRIP = 70; // height of the two densities beside it
const [MARGIN, GAP] = [22, 26]; // beside the densities, and between them and the square, for the numbers
const LEFT = MARGIN + STRIP + GAP;
const TOPS = [0.4, 0.8, 1.2, 2]; // densities are drawn up to the first of these that is enough, both to one scale
const TICKS = [-4, -2, 0, 2, 4];
const STEEP = 2; // w
const STRIP_WIDTH = 0.3; // on the axis of x

const toPlot = (value) => ((value + 4) / 8) * SIZE;

class ChangeOfVariables extends Explorable {
  build() {
    this.svg = this.picture(LEFT + SIZE + 8, SIZE + GAP + STRIP + 20);
    const number = (value) => value.toFixed(1);
    this.slider("slope", "Slope of the bend", 0.2, 4, 0.1, 2.5, number);
    this.slider("place", "Place of the bend", -2, 2, 0.1, 0, number);
    this.slider("strip", "Strip at x", -2.5, 2.5, 0.1, 0.8, number);
    // Along x the bend follows the finger; up and down it gets steeper and flatter.
    let start;
    this.drag(this.svg, (x, y, first) => {
      if (first) start = { x, y, slope: this.slope, place: this.place };
      const round = (value, low, high) => Explorable.clamp(Math.round(value * 10) / 10, low, high);
      const slope = round(start.slope + (start.y - y) / 40, 0.2, 4);
      this.update({ slope, place: round(start.place + ((x - start.x) / SIZE) * 8, -2, 2) });
    });
  }

  f(x) {
    return x + ((this.slope - 1) / STEEP) * Math.tanh(STEEP * (x - this.place));
  }

  derivative(x) {
    return 1 + (this.slope - 1) * (1 - Math.tanh(STEEP * (x - this.place)) ** 2);
  }

  static normal(x) {
    return Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }

  // The curve of p(z) as points [z, p(z)], found by carrying a fine grid of x along.
  density() {
    return [...Array(1201).keys()]
      .map((i) => (i - 600) / 100)
      .map((x) => [this.f(x), ChangeOfVariables.normal(x) / this.derivative(x)]);
  }

  draw() {
    const curve = this.density();
    let area = 0;
    for (let i = 1; i < curve.length; i++) {
      area += ((curve[i][0] - curve[i - 1][0]) * (curve[i][1] + curve[i - 1][1])) / 2;
    }
    const x = this.strip;
    const height = ChangeOfVariables.normal(x);
    const width = (this.f(x + STRIP_WIDTH / 2) - this.f(x - STRIP_WIDTH / 2)) / STRIP_WIDTH;
    const values = { x, z: this.f(x), slope: this.derivative(x), width, px: height, pz: height / this.derivative(x), area };
    this.values = values;
    this.paint(curve);
    const relation = `p(z) = ${values.px.toFixed(3)} / ${values.slope.toFixed(2)} = ${values.pz.toFixed(3)}`;
    return (
      `At x = ${x.toFixed(1)} the map arrives at z = ${values.z.toFixed(2)} with slope ${values.slope.toFixed(2)}, so ` +
      `${relation}. The strip becomes ${width.toFixed(2)} times as wide. Area under p(z): ${area.toFixed(3)}.`
    );
  }

  paint(curve) {
    this.svg.replaceChildren();
    const [left, bottom] = [LEFT, SIZE + 4];
    const highest = Math.max(0.399, ...curve.map(([, p]) => p));
    const top = TOPS.find((one) => highest <= one) ?? TOPS.at(-1);
    this.values.top = top;
    const point = (x, z) => [left + toPlot(x), bottom - toPlot(z)];
    const floor = bottom + GAP + STRIP;
    const below = (x, p) => [left + toPlot(x), floor - STRIP * (p / top)]; // p(x), under the square
    const beside = (z, p) => [MARGIN + STRIP * (1 - p / top), bottom - toPlot(z)]; // p(z), on its left
    const xs = [...Array(161).keys()].map((i) => (i - 80) / 20);
    const band = [...Array(21).keys()].map((i) => this.strip + STRIP_WIDTH * (i / 20 - 0.5));
    const draw = (points, kind) => this.add(this.svg, "path", { d: Explorable.path(points), class: kind });

    this.add(this.svg, "rect", { x: left, y: 4, width: SIZE, height: SIZE, class: "plot-frame" });
    const across = { from: -4, to: 4, ticks: TICKS, place: (x) => left + toPlot(x) };
    this.axis(this.svg, { ...across, at: bottom });
    this.axis(this.svg, { ...across, ticks: [], at: floor });
    const up = { from: -4, to: 4, ticks: TICKS, place: (z) => bottom - toPlot(z), upright: true };
    this.axis(this.svg, { ...up, at: left });
    this.axis(this.svg, { ...up, ticks: [], at: MARGIN + STRIP });
    const clip = this.add(this.svg, "svg", { x: left, y: 4, width: SIZE, height: SIZE, viewBox: `${left} 4 ${SIZE} ${SIZE}` });
    const inside = (points, kind) => this.add(clip, "path", { d: Explorable.path(points), class: kind });
    const ends = [band[0], band[20]];
    inside([...ends.map((x) => point(x, this.f(x))), ...ends.reverse().map((x) => point(x, -4))], "plot-strip");
    const [low, high] = [this.f(band[0]), this.f(band[20])];
    inside([point(-4, low), point(band[0], low), point(band[20], high), point(-4, high)], "plot-strip");
    inside(xs.map((x) => point(x, this.f(x))), "plot-line plot-map");
    draw(xs.map((x) => below(x, ChangeOfVariables.normal(x))), "plot-line");
    const cut = curve.filter(([z]) => Math.abs(z) <= 4);
    draw(cut.map(([z, p]) => beside(z, p)), "plot-line plot-second");
    const strip = band.map((x) => [x, ChangeOfVariables.normal(x)]);
    draw([below(band[0], 0), ...strip.map(([x, p]) => below(x, p)), below(band[20], 0)], "plot-strip");
    const image = band.map((x) => [this.f(x), ChangeOfVariables.normal(x) / this.derivative(x)]);
    draw([beside(low, 0), ...image.map(([z, p]) => beside(z, p)), beside(high, 0)], "plot-strip");
    const label = (x, y, text) => this.add(this.svg, "text", { x, y }, text);
    const [cx, cy] = point(this.place, this.f(this.place));
    if (cy > 4 && cy < bottom) this.add(this.svg, "circle", { cx, cy, r: 8, class: "explorable-handle" });
    label(left + 8, 22, "z = f(x)");
    label(left + SIZE - 34, floor - STRIP + 12, "p(x)");
    label(2, 16, "p(z)");
    const scale = `each up to ${top}`;
    this.add(this.svg, "text", { x: left - 10, y: floor, "text-anchor": "end", class: "plot-number" }, scale);
  }
}

customElements.define("change-of-variables", ChangeOfVariables);
