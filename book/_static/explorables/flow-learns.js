// <flow-learns>: draw a density, or take one, and watch a flow learn it, by either direction of KL.

const LIVE_TARGETS = {
  banana: "a banana",
  humps: "two humps",
  moons: "two moons",
  rings: "two rings",
  grid: "nine spots",
  pinwheel: "a pinwheel",
  checkerboard: "a checkerboard",
  points: "your own points",
};
const { size: LIVE_SIZE, reach: LIVE_REACH, side: LIVE_SIDE } = LIVE_BOARD;
const LIVE_MOST = 100; // points that a reader may draw
const CURVE = { left: 38, right: 284, top: 20, floor: 104, axis: 112, most: 4 }; // the picture's units; nats above the floor
const livePlace = (x, y) => [((x + LIVE_REACH) / (2 * LIVE_REACH)) * LIVE_SIZE, ((LIVE_REACH - y) / (2 * LIVE_REACH)) * LIVE_SIZE];
const LIVE_LARGE = 1000; // nats; what is larger is not shown more precisely
const liveNumber = (value, digits = 2) => {
  if (value === Infinity) return "infinite";
  return value > LIVE_LARGE ? `more than ${LIVE_LARGE}` : value.toFixed(digits).replace("-", "−");
};

class FlowLearns extends Explorable {
  build() {
    this.points = this.drawn() ?? [];
    this.seed = this.listed("seed", ([seed]) => Number.isInteger(seed) && seed > 0)?.[0] ?? 1;
    this.steps = Number(this.getAttribute("steps") ?? 1500);
    this.buildPictures();
    const number = (value) => liveNumber(value, 1);
    this.choice("target", "Target", LIVE_TARGETS);
    this.choice("direction", "Learns by", { forward: "forward KL", reverse: "reverse KL" });
    this.choice("kind", "Layers are", { maf: "autoregressive", coupling: "couplings" });
    this.slider("layers", "Layers", 0, 5, 1, 3, (layers) => (layers === 0 ? "0: one Gaussian" : String(layers)));
    this.choice("show", "Show", { density: "density, samples", grid: "bent grid" });
    this.learnButton = this.button("Learn", () => (this.learning ? this.pause() : this.learn()));
    this.button("New start at the cross", () => this.renew());
    this.slider("cross1", "Cross, x₁", -3, 3, 0.5, 0, number);
    this.slider("cross2", "Cross, x₂", -3, 3, 0.5, 0, number);
    this.button("Put a point at the cross", () => this.put(this.cross1 + this.points.length / 1000, this.cross2));
    this.button("Remove all points", () => this.update({ points: [], target: "points" }));
    this.finger = false; // a finger scrolls the page, unless it is told to draw
    if (navigator.maxTouchPoints > 0) this.fingerButton = this.button("Draw with a finger", () => this.update({ finger: !this.finger }));
    let last = [Infinity, Infinity];
    this.drag(this.svg, (x, y, first) => {
      if (!first && Math.hypot(x - last[0], y - last[1]) < 8) return;
      last = [x, y];
      this.put((x / LIVE_SIZE) * 2 * LIVE_REACH - LIVE_REACH, LIVE_REACH - (y / LIVE_SIZE) * 2 * LIVE_REACH);
    }, () => this.finger);
  }

  buildPictures() {
    const board = this.add(this.panel, "div", { class: "live-board", "aria-hidden": "true" });
    this.canvas = this.add(board, "canvas", { width: LIVE_SIDE, height: LIVE_SIDE });
    this.svg = this.add(board, "svg", { viewBox: `0 0 ${LIVE_SIZE} ${LIVE_SIZE}` });
    const ticks = [-3, -2, -1, 0, 1, 2, 3];
    const [across, up] = [(value) => livePlace(value, 0)[0], (value) => livePlace(0, value)[1]];
    this.axis(this.svg, { from: -3, to: 3, ticks, place: across, at: LIVE_SIZE - 20 });
    this.axis(this.svg, { from: -3, to: 3, ticks, place: up, at: 22, upright: true });
    const path = (kind, parent = this.svg) => this.add(parent, "path", { class: kind });
    this.paths = { data: path("live-dots live-data"), samples: path("live-dots live-samples"), grid: path("plot-line plot-map live-grid") };
    this.paths.cross = path("plot-line live-cross");
    this.plot = this.picture(300, 134);
    this.axes = this.add(this.plot, "g");
    this.paths.floor = path("plot-line live-floor", this.plot);
    this.paths.curve = path("plot-line plot-second", this.plot);
    const words = (y, kind) => this.add(this.plot, "text", { x: CURVE.right, y, "text-anchor": "end", class: kind });
    this.curveText = words(14, "live-second");
    this.floorText = words(30, "plot-label");
    new MutationObserver(() => this.paint()).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  }

  disconnectedCallback() {
    this.worker?.terminate();
    this.worker = null;
  }

  // The points that an address holds.
  drawn() {
    const inside = (value) => Math.abs(value) <= LIVE_REACH;
    const numbers = this.listed("points", (list) => list.length % 2 === 0 && list.length <= 2 * LIVE_MOST && list.every(inside));
    return numbers && Array.from({ length: numbers.length / 2 }, (_, i) => [numbers[2 * i], numbers[2 * i + 1]]);
  }

  // A drawn point; with the first one the target becomes the reader's own.
  put(x, y) {
    if (this.points.length >= LIVE_MOST) return;
    const points = this.target === "points" ? this.points : [];
    this.update({ points: [...points, [x, y]], target: "points" });
  }

  get possible() {
    if (this.target === "checkerboard") return this.direction === "forward"; // elsewhere its density is 0
    return this.target !== "points" || this.points.length > 0;
  }

  learn() {
    if (!this.possible) return;
    if (this.report && this.report.step === this.report.steps) this.renew();
    this.update({ learning: true });
    if (!this.starting) this.begin(); // else as soon as it has started
  }

  begin() {
    this.worker.postMessage({ do: "learn", calm: Explorable.still() });
  }

  pause() {
    this.update({ learning: false });
    this.worker.postMessage({ do: "pause" });
  }

  renew() {
    this.update({ seed: this.seed + 1, learning: false });
  }

  // Begins anew where a setting has changed. One beginning is asked for at a time: a finger draws faster than it starts.
  settle() {
    const { target: name, points, kind, layers, direction, seed, steps } = this;
    const settings = { do: "start", name, points: name === "points" ? points : [], kind, layers, direction, seed, steps };
    const key = JSON.stringify(settings);
    if (key === this.key) return;
    this.key = key;
    this.learning = false;
    this.report = this.newest = null;
    this.told = -1;
    this.asked = { ...settings, at: [this.cross1, this.cross2] };
    if (this.possible && !this.starting) this.ask();
  }

  ask() {
    if (!this.worker) {
      this.worker = newLiveWorker();
      this.worker.onmessage = ({ data }) => this.receive(data);
    }
    this.starting = true;
    this.run = (this.run ?? 0) + 1;
    this.worker.postMessage({ ...this.asked, run: this.run });
    this.asked = null;
  }

  // A report waits for the next frame of the screen; of those that come in between only the last is shown.
  receive(report) {
    if (report.run !== this.run) return; // of the run before
    const first = this.starting;
    this.starting = false;
    if (this.asked) {
      if (this.possible) this.ask();
      return;
    }
    if (first && this.learning) {
      this.begin();
      report.learning = true;
    }
    this.newest = { data: this.newest?.data ?? this.report?.data, ...report };
    this.frame ??= requestAnimationFrame(() => this.follow());
  }

  follow() {
    this.frame = null;
    if (!this.newest) return; // a setting has changed since
    this.report = this.newest;
    this.learning = this.report.learning;
    this.newest = null;
    this.update();
  }

  draw() {
    this.settle();
    this.learnButton.textContent = this.learning ? "Pause" : "Learn";
    this.fingerButton?.setAttribute("aria-pressed", this.finger);
    this.svg.classList.toggle("explorable-draws", this.finger);
    const { target, direction, kind, layers, points, learning, seed, show, possible, cross1, cross2 } = this;
    const { data, samples, grid, shade, curve, theta, ...numbers } = this.report ?? {};
    this.values = { target, direction, kind, layers, points, seed, show, possible, cross: [cross1, cross2], ...numbers };
    this.values.learning = Boolean(learning);
    this.paint();
    const { step } = this.values;
    // While it learns, the sentence follows in large steps: it is read out.
    if (learning && step > 0 && Math.floor(step / 300) === this.told) return this.text.textContent;
    this.told = Math.floor(step / 300);
    return FlowLearns.sentence(this.values);
  }

  // What it says of a state: the settings, and what the worker has measured, if it has.
  static sentence(state) {
    const { target, direction, kind, layers, possible, step } = state;
    if (!possible && target === "checkerboard") {
      return "The checkerboard has density 0 beside its squares, so the reverse KL of every flow is infinite. Take the forward KL.";
    }
    if (!possible) return "Draw points with a finger or the mouse, or put them at the cross. The target has a round Gaussian at each.";
    const layer = `${kind === "maf" ? "autoregressive layer" : "coupling"}${layers === 1 ? "" : "s"}`;
    const model = layers === 0 ? "One Gaussian" : `A flow of ${layers} ${layer}`;
    const learns = `${model} learns ${LIVE_TARGETS[target]} by the ${direction} KL.`;
    return step === undefined ? `${learns} It is at its start.` : `${learns} ${FlowLearns.measured(state)}`;
  }

  // Divergences are estimates from points, so they come with their standard error; none is below 0, whatever the points say.
  static measured({ step, steps, entropy, forward, forwardError, reverse, reverseError, missed, outside }) {
    const above = Math.max(0, forward);
    const nats = (value) => `${liveNumber(value)}${value === Infinity ? "" : " nats"}`;
    const kl = (value, error) => (value > LIVE_LARGE ? nats(value) : `${liveNumber(Math.max(0, value))} ± ${nats(error)}`);
    const percent = (part) => `${Math.round(100 * part)} %`;
    return (
      `Step ${step} of ${steps}: NLL ${liveNumber(entropy + above)} nats, and the floor, the entropy, is ${liveNumber(entropy)}. ` +
      `Forward KL ${kl(forward, forwardError)}, reverse KL ${kl(reverse, reverseError)}. ` +
      `About ${percent(missed)} of the target lies where the model's density is less than a tenth of the target's, ` +
      `${percent(outside)} of the model where the target's is less than a tenth of the model's.`
    );
  }

  paint() {
    const [x, y] = livePlace(this.cross1, this.cross2);
    this.set(this.paths.cross, { d: `M${x - 6} ${y}h12M${x} ${y - 6}v12` });
    const { data = "", samples = "", grid = "", shade } = this.report ?? {};
    const own = this.target === "points" ? this.points : [];
    const bent = this.show === "grid";
    this.set(this.paths.data, { d: own.map((place) => `M${livePlace(...place).join(" ")}h0`).join("") + data });
    this.set(this.paths.samples, { d: bent ? "" : samples });
    this.set(this.paths.grid, { d: bent ? grid : "" });
    this.shade(bent ? null : shade);
    this.curve(this.report);
  }

  // The density's pixels, in the page's color.
  shade(pixels) {
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, LIVE_SIDE, LIVE_SIDE);
    if (!pixels) return;
    context.putImageData(new ImageData(pixels, LIVE_SIDE), 0, 0);
    context.globalCompositeOperation = "source-in";
    context.fillStyle = getComputedStyle(this).getPropertyValue("--one");
    context.fillRect(0, 0, LIVE_SIDE, LIVE_SIDE);
    context.globalCompositeOperation = "source-over";
  }

  // What is minimized, over the steps, and the floor under it: for the forward direction the NLL and the entropy.
  curve(report) {
    this.plot.style.visibility = report ? "visible" : "hidden";
    if (!report) return;
    const { curve, steps, entropy } = report;
    const [name, floor] = this.direction === "forward" ? ["NLL", entropy] : ["reverse KL", 0];
    const { left, right, top, floor: bottom, most } = CURVE;
    const high = Math.max(0.3, ...curve.map(([, kl]) => Math.min(kl, most))); // nats above the floor
    const across = (step) => left + (step / steps) * (right - left);
    const up = (nats) => bottom - Explorable.clamp((nats - floor) / high, 0, 1) * (bottom - top);
    this.set(this.paths.curve, { d: Explorable.path(curve.map(([step, kl]) => [across(step), up(kl + floor)])) });
    this.set(this.paths.floor, { d: `M${left} ${bottom}H${right}` });
    this.curveText.textContent = `${name} ${liveNumber(floor + Math.max(0, curve[curve.length - 1][1]))} nats`;
    this.floorText.textContent = `dashed, the floor: ${floor === 0 ? "0" : `entropy ${liveNumber(entropy)}`} nats`;
    const key = `${floor} ${high} ${steps}`;
    if (key !== this.axes.dataset.key) this.numberAxes(floor, high, steps, across, up);
    this.axes.dataset.key = key;
  }

  numberAxes(floor, high, steps, across, up) {
    this.axes.replaceChildren();
    const apart = [0.1, 0.2, 0.5, 1].find((size) => high / size < 5);
    const ticks = [];
    for (let i = Math.ceil(floor / apart); i * apart <= floor + high; i++) ticks.push(Number((i * apart).toFixed(1)));
    this.axis(this.axes, { from: floor, to: floor + high, ticks, place: up, at: CURVE.left, upright: true });
    this.axis(this.axes, { from: 0, to: steps, ticks: [0, steps / 2, steps], place: across, at: CURVE.axis });
    [["nats", 14], ["step", CURVE.axis + 15]].forEach(([word, y]) => this.add(this.axes, "text", { x: 2, y, class: "plot-label" }, word));
  }
}

customElements.define("flow-learns", FlowLearns);
