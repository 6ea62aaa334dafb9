// <linear-maps>: a unit square through two matrices. The area of what comes out is the product of the determinants.

const EXTENTS = [2.2, 3.2, 4.2, 6.3, 9.5, 14, 20, 37]; // a picture shows the first of these to each side that is enough
const PIXELS = 150;
const det = ([a, b, c, d]) => a * d - b * c; // a b / c d, row by row
const times = ([a, b, c, d], [e, f, g, h]) => [a * e + b * g, a * f + b * h, c * e + d * g, c * f + d * h];
const isZero = (number) => Math.abs(number) < 1e-9; // but for rounding
// Two decimals; a small number keeps two digits, so that it does not look like 0.
const show = (number) => {
  if (isZero(number)) return "0.00"; // without a sign
  const small = Math.abs(number) < 0.1;
  return (small ? number.toPrecision(2) : number.toFixed(2)).replace("-", "−");
};

class LinearMaps extends Explorable {
  build() {
    const read = (name, otherwise) => (this.getAttribute(name) ?? otherwise).split(" ").map(Number);
    const right = (numbers) => numbers.length === 4 && numbers.every((number) => Math.abs(number) <= 3);
    this.first = this.listed("first", right) ?? read("first", "2 1 0 1");
    this.second = this.listed("second", right) ?? read("second", "1 0 1 0.5");
    this.panel.classList.add("linear-panels");
    this.boards = [
      this.board("first", "first map W₁", "W₁"),
      this.board("second", "second map W₂", "W₂"),
      this.board(null, "both, W₂ W₁"),
    ];
  }

  // A picture and, unless it shows the product, its matrix as four numbers; the arrows can be dragged by their tips.
  board(key, title, symbol) {
    const part = this.add(this.panel, "div", { class: "linear-board" });
    this.add(part, "div", { class: "order-title" }, title);
    const svg = this.add(part, "svg", { viewBox: `0 0 ${PIXELS} ${PIXELS}`, "aria-hidden": "true" });
    if (!key) return svg;
    const table = this.add(part, "div", { class: "linear-matrix", role: "group", "aria-label": `entries of ${symbol}` });
    ["row 1, column 1", "row 1, column 2", "row 2, column 1", "row 2, column 2"].forEach((place, i) => {
      const input = this.add(table, "input", { type: "number", step: 0.1, min: -3, max: 3, "aria-label": place });
      input.addEventListener("input", () => {
        if (!Number.isFinite(input.valueAsNumber)) return; // nothing but a minus sign so far
        const number = Explorable.clamp(input.valueAsNumber, -3, 3);
        this.update({ [key]: this[key].map((old, j) => (i === j ? number : old)) });
      });
      const follow = () => (input.value = this[key][i]);
      input.addEventListener("change", follow);
      this.followers.push(() => document.activeElement === input || follow()); // not while somebody types
    });
    let [column, held] = [0, false];
    this.drag(svg, (px, py, first) => {
      const extent = LinearMaps.extent(this[key]);
      const [x, y] = [px, PIXELS - py].map((p) => Explorable.clamp(Math.round(((p / PIXELS) * 2 - 1) * extent * 10) / 10, -3, 3));
      const [a, b, c, d] = this[key];
      if (first) {
        const away = [Math.hypot(x - a, y - c), Math.hypot(x - b, y - d)];
        column = away[0] <= away[1] ? 0 : 1;
        held = away[column] < 0.2 * extent; // a press elsewhere moves nothing
      }
      if (held) this.update({ [key]: column ? [a, x, c, y] : [x, b, y, d] });
    });
    return svg;
  }

  // To each side: the corners of the square's image, and the unit square, are in the picture.
  static extent([a, b, c, d]) {
    const reach = Math.max(1, ...[a, b, a + b, c, d, c + d].map(Math.abs));
    return EXTENTS.find((one) => reach < one) ?? EXTENTS.at(-1);
  }

  draw() {
    const product = times(this.second, this.first);
    const [one, two, both] = [this.first, this.second, product].map(det);
    this.values = { first: one, second: two, both, product };
    [this.first, this.second, product].forEach((matrix, i) => this.paint(this.boards[i], matrix, i === 2 ? this.first : null));
    const flat = isZero(both);
    const log = (area) => show(Math.log(Math.abs(area)));
    const ending = flat
      ? "The square is flattened: many points are mapped to one, and there is no way back."
      : `The logarithms add: ${log(one)} + ${log(two).replace(/^−.*/, "($&)")} ≈ ${log(both)}.`;
    const mirror = both < 0 && !flat ? " The negative sign says that the picture is mirrored; an area has no sign." : "";
    return (
      `det W₁ = ${show(one)}, det W₂ = ${show(two)}, det W₂ W₁ = ${show(both)}: ` +
      `areas are multiplied by ${show(Math.abs(both))}. ${ending}${mirror}`
    );
  }

  // The square's image, with the image after the first map behind it, and the two columns as arrows.
  paint(svg, matrix, before) {
    svg.replaceChildren();
    const extent = LinearMaps.extent(before ? matrix.map((entry, i) => (Math.abs(entry) > Math.abs(before[i]) ? entry : before[i])) : matrix);
    const point = (x, y) => [x, -y].map((p) => ((p / extent + 1) / 2) * PIXELS);
    const step = extent > 12 ? 10 : extent > 5 ? 5 : 1; // the grid's lines stand at whole numbers
    for (let k = -Math.floor(extent / step); k <= extent / step; k++) {
      const grid = [[[k * step, -extent], [k * step, extent]], [[-extent, k * step], [extent, k * step]]];
      for (const line of grid) this.add(svg, "path", { d: Explorable.path(line.map((p) => point(...p))), class: "plot-grid" });
    }
    const square = ([a, b, c, d]) => Explorable.path([point(0, 0), point(a, c), point(a + b, c + d), point(b, d)]) + "Z";
    for (const end of [[extent, 0], [0, extent]]) {
      this.add(svg, "path", { d: Explorable.path([point(-end[0], -end[1]), point(...end)]), class: "plot-axis" });
    }
    this.add(svg, "path", { d: square(before ?? [1, 0, 0, 1]), class: "linear-before" });
    this.add(svg, "path", { d: square(matrix), class: "plot-strip" });
    [[matrix[0], matrix[2]], [matrix[1], matrix[3]]].forEach((tip, i) => {
      this.add(svg, "path", { d: Explorable.path([point(0, 0), point(...tip)]), class: `plot-line ${i ? "plot-second" : "plot-map"}` });
      const [cx, cy] = point(...tip);
      const handle = before ? "" : " explorable-handle";
      this.add(svg, "circle", { cx, cy, r: before ? 3 : 7, class: `${i ? "linear-tip-second" : "linear-tip"}${handle}` });
    });
    const [right, zero] = point(step, 0);
    this.add(svg, "text", { x: right, y: zero + 12, "text-anchor": "middle", class: "plot-number" }, String(step));
  }
}

customElements.define("linear-maps", LinearMaps);
