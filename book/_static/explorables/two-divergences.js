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

const LOG_TARGET = GRID.map(logTarget);

function divergences(mean, deviation) {
  let [forward, reverse] = [0, 0];
  GRID.forEach((x, i) => {
    const step = i === 0 || i === GRID.length - 1 ? 0.005 : 0.01; // the trapezoid rule
    const difference = LOG_TARGET[i] - logNormal(x, mean, deviation);
    forward += step * Math.exp(LOG_TARGET[i]) * difference;
    reverse -= step * Math.exp(LOG_TARGET[i] - difference) * difference;
  });
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

const [WIDE, TALL, TOP] = [400, 180, 0.85]; // the picture shows -6 to 6 and densities up to TOP
const STEPS = 400;

class TwoDivergences extends Explorable {
  build() {
    this.svg = this.picture(WIDE, TALL + 4);
    const number = (value) => value.toFixed(2);
    this.slider("mean", "Mean", -4, 4, 0.05, 0.5, number);
    this.slider("deviation", "Standard deviation", 0.3, 4, 0.05, 1, number);
    this.button("Go down the forward KL", () => this.descend("forward"));
    this.button("Go down the reverse KL", () => this.descend("reverse"));
    // The hump follows the finger: to the side the mean, up to a narrower one.
    this.drag(this.svg, (x, y) => {
      const mean = Math.round(((x / WIDE) * 12 - 6) * 20) / 20;
      const height = Explorable.clamp(((TALL - y) / TALL) * TOP, 0.01, TOP);
      const deviation = Math.round((0.3989 / height) * 20) / 20;
      this.move({ mean: Explorable.clamp(mean, -4, 4), deviation: Explorable.clamp(deviation, 0.3, 4) });
    });
    this.controls.addEventListener("input", () => this.halt());
  }

  disconnectedCallback() {
    this.halt();
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
    this.svg.replaceChildren();
    const point = (x, p) => [((x + 6) / 12) * WIDE, TALL * (1 - p / TOP)];
    const xs = GRID.filter((x, i) => Math.abs(x) <= 6 && i % 4 === 0);
    const curve = (density) => xs.map((x) => point(x, Math.min(density(x), 2 * TOP)));
    const target = curve((x) => Math.exp(logTarget(x)));
    this.add(this.svg, "path", { d: Explorable.path([point(-6, 0), ...target, point(6, 0)]), class: "plot-area" });
    const model = curve((x) => Math.exp(logNormal(x, this.mean, this.deviation)));
    this.add(this.svg, "path", { d: Explorable.path(model), class: "plot-line plot-second" });
    this.add(this.svg, "text", { x: 8, y: 18 }, "target (filled) and model (line)");
    return describe(this.values);
  }
}

customElements.define("two-divergences", TwoDivergences);
