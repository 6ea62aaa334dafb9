// <two-divergences>: one Gaussian against a target with two humps, and both directions of KL between them.

const GRID = [...Array(2401).keys()].map((i) => (i - 1200) / 100); // as on the page: -12 to 12
const HUMPS = [
  { weight: 0.7, mean: -2, deviation: 0.5 },
  { weight: 0.3, mean: 2, deviation: 0.5 },
];
const logNormal = (x, mean, deviation) =>
  -0.5 * ((x - mean) / deviation) ** 2 - Math.log(deviation) - 0.5 * Math.log(2 * Math.PI);

// log of a sum of exponentials, safe far out in the tails
function logTarget(x) {
  const terms = HUMPS.map(({ weight, mean, deviation }) => Math.log(weight) + logNormal(x, mean, deviation));
  const top = Math.max(...terms);
  return top + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - top), 0));
}

const LOG_TARGET = Float64Array.from(GRID, logTarget);
const TARGET = LOG_TARGET.map(Math.exp);

// By the trapezoid rule, on the whole grid or on every so many of its points.
function divergences(mean, deviation, every = 1) {
  const last = GRID.length - 1;
  const constant = logNormal(mean, mean, deviation);
  let [forward, reverse] = [0, 0];
  for (let i = 0; i <= last; i += every) {
    const step = (i === 0 || i === last ? 0.005 : 0.01) * every;
    const logModel = constant - 0.5 * ((GRID[i] - mean) / deviation) ** 2;
    const difference = LOG_TARGET[i] - logModel;
    forward += step * TARGET[i] * difference;
    reverse -= step * Math.exp(logModel) * difference;
  }
  return { forward, reverse };
}

// How much of the model lies between two places, by the same trapezoid rule.
function share(mean, deviation, low, high) {
  return GRID.filter((x) => x >= low && x <= high).reduce((sum, x) => {
    const weight = x === low || x === high ? 0.005 : 0.01;
    return sum + weight * Math.exp(logNormal(x, mean, deviation));
  }, 0);
}

// What is seen, as a sentence: numbers only, so that it is true at every setting.
function describe({ mean, deviation, left, valley, right, forward, reverse }) {
  const percent = (part) => `${Math.round(100 * part)} %`;
  return (
    `Mean ${mean.toFixed(2)}, standard deviation ${deviation.toFixed(2)}. Of the model ${percent(left)} lies on the left hump ` +
    `(−3 to −1), ${percent(valley)} in the valley and ${percent(right)} on the right hump (1 to 3). ` +
    `Forward KL: ${forward.toFixed(3)} nats. Reverse KL: ${reverse.toFixed(3)} nats.`
  );
}

const [LEFT, WIDE, TALL, TOP] = [34, 356, 180, 0.85]; // the picture shows -6 to 6 and densities up to TOP
const STEPS = 400;
// The two landscapes below it: a divergence over the mean and the logarithm of the standard deviation.
const [MAP, HIGH, MAP_TOP] = [164, 110, 232]; // width and height of a landscape, and where it begins
const LEVELS = { forward: [0.8, 1, 1.5, 2.5, 5, 10, 25], reverse: [0.4, 0.7, 1, 1.3, 2, 4, 10] }; // nats
const [CELLS, ROWS] = [40, 27];
const SMALLEST = Math.log(0.3);
const LARGEST = Math.log(4);

// Which of the levels a divergence lies below, at the middle of each cell: made once, drawn as one picture.
function landscape(direction) {
  const cells = [];
  for (let row = 0; row < ROWS; row++) {
    for (let column = 0; column < CELLS; column++) {
      const mean = -4 + (8 * (column + 0.5)) / CELLS;
      const log = LARGEST - ((LARGEST - SMALLEST) * (row + 0.5)) / ROWS;
      const value = divergences(mean, Math.exp(log), 4)[direction]; // fine enough for its level
      const level = LEVELS[direction].findIndex((one) => value < one);
      cells.push(level < 0 ? LEVELS[direction].length : level);
    }
  }
  return cells;
}

class TwoDivergences extends Explorable {
  build() {
    this.svg = this.picture(LEFT + WIDE + 6, MAP_TOP + HIGH + 34);
    this.back = this.add(this.svg, "g"); // what does not change
    this.front = this.add(this.svg, "g");
    this.maps = [this.landscape("forward", LEFT), this.landscape("reverse", LEFT + WIDE - MAP)];
    const across = (x) => LEFT + ((x + 6) / 12) * WIDE;
    const up = (p) => 6 + TALL * (1 - p / TOP);
    this.axis(this.back, { from: -6, to: 6, ticks: [-6, -4, -2, 0, 2, 4, 6], place: across, at: up(0), label: "x" });
    this.axis(this.back, { from: 0, to: TOP, ticks: [0, 0.2, 0.4, 0.6, 0.8], place: up, at: LEFT, upright: true, label: "density" });
    const number = (value) => value.toFixed(2);
    this.slider("mean", "Mean", -4, 4, 0.05, 0.5, number);
    this.slider("deviation", "Standard deviation", 0.3, 4, 0.05, 1, number);
    this.button("Go down the forward KL", () => this.descend("forward"));
    this.button("Go down the reverse KL", () => this.descend("reverse"));
    // The hump follows the finger: to the side the mean, up to a narrower one.
    // In a landscape the point does.
    this.drag(this.svg, (x, y) => {
      const map = y > MAP_TOP - 6 ? this.maps.find(({ left }) => x >= left - 8 && x <= left + MAP + 8) : null;
      const height = Explorable.clamp(((TALL + 6 - y) / TALL) * TOP, 0.01, TOP);
      const mean = map ? -4 + ((x - map.left) / MAP) * 8 : ((x - LEFT) / WIDE) * 12 - 6;
      const log = LARGEST - ((y - MAP_TOP) / HIGH) * (LARGEST - SMALLEST);
      const round = (value, low, high) => Explorable.clamp(Math.round(value * 20) / 20, low, high);
      if (map || y < MAP_TOP - 20) {
        this.move({ mean: round(mean, -4, 4), deviation: round(map ? Math.exp(log) : 0.3989 / height, 0.3, 4) });
      }
    });
    this.controls.addEventListener("input", () => this.halt());
  }

  disconnectedCallback() {
    this.halt();
  }

  landscape(direction, left) {
    const map = this.add(this.back, "g", { class: `landscape landscape-${direction}` });
    const cells = landscape(direction);
    const [width, height] = [MAP / CELLS, HIGH / ROWS];
    // Cells of one level that lie side by side are one rectangle.
    for (let row = 0; row < ROWS; row++) {
      for (let column = 0, end; column < CELLS; column = end) {
        const level = cells[row * CELLS + column];
        for (end = column + 1; end < CELLS && cells[row * CELLS + end] === level; end++);
        const place = { x: left + column * width, y: MAP_TOP + row * height, width: (end - column) * width, height };
        this.add(map, "rect", { ...place, class: "landscape-cell", "fill-opacity": (0.9 * (1 - level / 7)).toFixed(2) });
      }
    }
    this.add(map, "rect", { x: left, y: MAP_TOP, width: MAP, height: HIGH, class: "plot-frame" });
    this.axis(map, { from: -4, to: 4, ticks: [-4, -2, 0, 2, 4], place: (m) => left + ((m + 4) / 8) * MAP, at: MAP_TOP + HIGH });
    const up = (deviation) => MAP_TOP + ((LARGEST - Math.log(deviation)) / (LARGEST - SMALLEST)) * HIGH;
    this.axis(map, { from: 0.3, to: 4, ticks: [0.5, 1, 2, 4], place: up, at: left, upright: true });
    this.add(map, "text", { x: left + MAP / 2, y: MAP_TOP + HIGH + 30, "text-anchor": "middle", class: "plot-number" }, "mean");
    this.add(map, "text", { x: left, y: MAP_TOP - 8, class: "plot-label" }, `${direction} KL, low where colored`);
    return { left, up };
  }

  halt() {
    cancelAnimationFrame(this.frame);
  }

  move(place) {
    this.halt();
    this.update(place);
  }

  // Gradient descent on the mean and the logarithm of the deviation, by small differences.
  descend(direction) {
    this.halt();
    const loss = (mean, log) => divergences(mean, Math.exp(log))[direction];
    let [mean, log, taken] = [this.mean, Math.log(this.deviation), 0];
    const go = (count) => {
      for (let i = 0; i < count && taken < STEPS; i++, taken++) {
        const slope = [
          (loss(mean + 1e-4, log) - loss(mean - 1e-4, log)) / 2e-4,
          (loss(mean, log + 1e-4) - loss(mean, log - 1e-4)) / 2e-4,
        ];
        const rate = 0.2 / Math.max(1, Math.hypot(...slope)); // no leaps where it is steep
        mean = Explorable.clamp(mean - rate * slope[0], -4, 4);
        log = Explorable.clamp(log - rate * slope[1], Math.log(0.3), Math.log(4));
      }
      this.update({ mean, deviation: Math.exp(log) });
      this.descending = taken < STEPS;
      if (this.descending) this.frame = requestAnimationFrame(() => go(5));
    };
    go(Explorable.still() ? STEPS : 5);
  }

  draw() {
    const { forward, reverse } = divergences(this.mean, this.deviation);
    const [left, valley, right] = [-3, -1, 1].map((low) => share(this.mean, this.deviation, low, low + 2));
    this.values = { mean: this.mean, deviation: this.deviation, left, valley, right, forward, reverse };
    this.front.replaceChildren();
    const point = (x, p) => [LEFT + ((x + 6) / 12) * WIDE, 6 + TALL * (1 - p / TOP)];
    const xs = GRID.filter((x, i) => Math.abs(x) <= 6 && i % 4 === 0);
    const curve = (density) => xs.map((x) => point(x, Math.min(density(x), TOP)));
    const target = curve((x) => Math.exp(logTarget(x)));
    this.add(this.front, "path", { d: Explorable.path([point(-6, 0), ...target, point(6, 0)]), class: "plot-area" });
    const model = curve((x) => Math.exp(logNormal(x, this.mean, this.deviation)));
    this.add(this.front, "path", { d: Explorable.path(model), class: "plot-line plot-second" });
    const peak = 1 / (this.deviation * Math.sqrt(2 * Math.PI));
    const [cx, cy] = point(this.mean, Math.min(peak, TOP));
    this.add(this.front, "circle", { cx, cy, r: 8, class: "explorable-handle" });
    const beyond = peak > TOP ? `, its peak at ${peak.toFixed(2)}` : "";
    this.add(this.front, "text", { x: LEFT + WIDE, y: 14, "text-anchor": "end" }, `target filled, model a line${beyond}`);
    for (const { left, up } of this.maps) {
      const place = { cx: left + ((this.mean + 4) / 8) * MAP, cy: up(this.deviation) };
      this.add(this.front, "circle", { ...place, r: 7, class: "explorable-handle" });
    }
    return describe(this.values);
  }
}

customElements.define("two-divergences", TwoDivergences);
