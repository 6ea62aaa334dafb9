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
const LIVE_SIZE = 300; // of the picture, which shows -LIVE_REACH to LIVE_REACH on both axes
const LIVE_REACH = 3.5; // as the worker's
const LIVE_MOST = 100; // points that a reader may draw
const [LIVE_WIDE, LIVE_TALL] = [300, 110]; // of the curve
const livePlace = (x, y) => [((x + LIVE_REACH) / (2 * LIVE_REACH)) * LIVE_SIZE, ((LIVE_REACH - y) / (2 * LIVE_REACH)) * LIVE_SIZE];

class FlowLearns extends Explorable {
  build() {
    this.points = [];
    this.seed = 1;
    this.steps = Number(this.getAttribute("steps") ?? 1500);
    this.buildPictures();
    const number = (value) => value.toFixed(1).replace("-", "−");
    this.choice("target", "Target", LIVE_TARGETS);
    this.choice("direction", "Learns by", { forward: "forward KL", reverse: "reverse KL" });
    this.choice("kind", "Layers are", { maf: "autoregressive", coupling: "couplings" });
    this.slider("layers", "Layers", 0, 5, 1, 3, (layers) => (layers === 0 ? "0: one Gaussian" : String(layers)));
    this.choice("show", "Show", { density: "density and samples", grid: "bent grid" });
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
    this.canvas = this.add(board, "canvas", { width: 48, height: 48 });
    this.svg = this.add(board, "svg", { viewBox: `0 0 ${LIVE_SIZE} ${LIVE_SIZE}` });
    const ticks = [-3, -2, -1, 0, 1, 2, 3];
    const [across, up] = [(value) => livePlace(value, 0)[0], (value) => livePlace(0, value)[1]];
    this.axis(this.svg, { from: -3, to: 3, ticks, place: across, at: LIVE_SIZE - 20 });
    this.axis(this.svg, { from: -3, to: 3, ticks, place: up, at: 22, upright: true });
    const path = (kind, parent = this.svg) => this.add(parent, "path", { class: kind });
    this.paths = { data: path("live-dots live-data"), samples: path("live-dots live-samples"), grid: path("plot-line plot-map live-grid") };
    this.paths.cross = path("plot-line live-cross");
    this.plot = this.picture(LIVE_WIDE, LIVE_TALL);
    this.paths.floor = path("plot-line live-floor", this.plot);
    this.paths.curve = path("plot-line plot-second", this.plot);
    this.floorText = this.add(this.plot, "text", { x: 4, y: LIVE_TALL - 4 });
    this.curveText = this.add(this.plot, "text", { x: LIVE_WIDE - 4, y: 14, "text-anchor": "end" });
  }

  disconnectedCallback() {
    this.worker?.terminate();
    this.worker = null;
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
    if (this.report?.step === this.report?.steps) this.renew();
    this.update({ learning: true });
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
    this.report = null;
    this.asked = { ...settings, at: [this.cross1, this.cross2] };
    if (this.possible && !this.starting) this.ask();
  }

  ask() {
    if (!this.worker) {
      this.worker = newLiveWorker();
      this.worker.onmessage = ({ data }) => this.receive(data);
    }
    this.starting = true;
    this.worker.postMessage(this.asked);
    this.asked = null;
  }

  receive(report) {
    if (this.starting && report.step > 0) return; // of the run before
    const first = this.starting;
    this.starting = false;
    if (first && this.asked) {
      if (this.possible) this.ask();
      return;
    }
    this.report = report;
    this.update(first ? {} : { learning: report.learning });
  }

  draw() {
    this.settle();
    this.learnButton.textContent = this.learning ? "Pause" : "Learn";
    this.fingerButton?.setAttribute("aria-pressed", this.finger);
    this.svg.classList.toggle("explorable-draws", this.finger);
    const { target, direction, kind, layers, points, learning, report } = this;
    const { step, steps, entropy, forward, reverse, missed, outside } = report ?? {};
    this.values = { target, direction, kind, layers, points, learning: Boolean(learning), seed: this.seed, show: this.show };
    Object.assign(this.values, { cross: [this.cross1, this.cross2], step, steps, entropy, forward, reverse, missed, outside });
    this.paint();
    if (!this.possible && target === "checkerboard") {
      return "The checkerboard has density 0 beside its squares, so the reverse KL of every flow is infinite. Take the forward KL.";
    }
    if (!this.possible) return "Draw points with a finger or the mouse, or put them at the cross. A round Gaussian stands on each.";
    if (!report) return `${this.sentence()} It is at its start.`;
    // While it learns, the sentence follows in large steps: it is read out.
    if (learning && step > 0 && Math.floor(step / 300) === this.told) return this.text.textContent;
    this.told = Math.floor(step / 300);
    return `${this.sentence()} ${this.measured()}`;
  }

  sentence() {
    const model = this.layers === 0 ? "One Gaussian" : `A flow of ${this.layers} ${this.kind === "maf" ? "autoregressive layer" : "coupling"}${this.layers === 1 ? "" : "s"}`;
    return `${model} learns ${LIVE_TARGETS[this.target]} by the ${this.direction} KL.`;
  }

  measured() {
    const { step, steps, entropy, forward, reverse, missed, outside } = this.values;
    const number = (value) => (value === Infinity ? "infinite" : value.toFixed(2).replace("-", "−"));
    const percent = (part) => `${Math.round(100 * part)} %`;
    return (
      `Step ${step} of ${steps}: NLL ${number(entropy + forward)} nats, and the floor, the entropy, is ${number(entropy)}. ` +
      `Forward KL ${number(forward)}, reverse KL ${number(reverse)}${reverse === Infinity ? "" : " nats"}. ` +
      `${percent(missed)} of the target lies where the model has less than a tenth of its density, ` +
      `${percent(outside)} of the model where the target has less than a tenth of the model's.`
    );
  }

  paint() {
    const [x, y] = livePlace(this.cross1, this.cross2);
    this.set(this.paths.cross, { d: `M${x - 6} ${y}h12M${x} ${y - 6}v12` });
    const report = this.report;
    const own = this.target === "points" ? this.points : [];
    const dots = (rows) => (rows ? this.dots(Array.from({ length: rows.length / 2 }, (_, s) => [rows[s], rows[rows.length / 2 + s]])) : "");
    const bent = this.show === "grid";
    this.set(this.paths.data, { d: this.dots(own) + dots(report?.data) });
    this.set(this.paths.samples, { d: bent ? "" : dots(report?.samples) });
    this.set(this.paths.grid, { d: bent && report ? this.lines(report.grid, report.line) : "" });
    this.shade(bent ? null : report?.density);
    this.curve(report);
  }

  dots(places) {
    return places.map(([x, y]) => `M${livePlace(x, y).map((value) => value.toFixed(1)).join(" ")}h0`).join("");
  }

  // Lines of so many points each, two rows of coordinates.
  lines(rows, length) {
    const count = rows.length / 2;
    let d = "";
    for (let i = 0; i < count; i++) {
      const [x, y] = livePlace(rows[i], rows[count + i]);
      d += `${i % length ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    }
    return d;
  }

  // The density, as the opacity of one color.
  shade(density) {
    const context = this.canvas.getContext("2d");
    context.clearRect(0, 0, 48, 48);
    if (!density) return;
    const hex = getComputedStyle(this).getPropertyValue("--one").trim() || "#2f86c8";
    const color = [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
    const top = density.reduce((high, value) => Math.max(high, value), 0);
    const image = context.createImageData(48, 48);
    density.forEach((value, i) => image.data.set([...color, 200 * Math.sqrt(value / top)], 4 * i));
    context.putImageData(image, 0, 0);
  }

  // What is minimized, over the steps, and the floor under it: for the forward direction the NLL and the entropy.
  curve(report) {
    if (!report) {
      ["floor", "curve"].forEach((name) => this.set(this.paths[name], { d: "" }));
      this.floorText.textContent = this.curveText.textContent = "";
      return;
    }
    const forward = this.direction === "forward";
    const top = Math.max(0.3, ...report.curve.map(([, kl]) => Math.min(kl, 4))); // nats above the floor
    const height = (kl) => LIVE_TALL - 20 - Math.min(kl / top, 1) * (LIVE_TALL - 26);
    const points = report.curve.map(([step, kl]) => [(step / report.steps) * LIVE_WIDE, height(kl)]);
    this.set(this.paths.curve, { d: Explorable.path(points) });
    this.set(this.paths.floor, { d: `M0 ${height(0)}H${LIVE_WIDE}` });
    this.floorText.textContent = forward ? `floor: entropy ${report.entropy.toFixed(2)} nats` : "floor: 0 nats";
    const last = report.curve[report.curve.length - 1][1] + (forward ? report.entropy : 0);
    this.curveText.textContent = `${forward ? "NLL" : "reverse KL"} ${last.toFixed(2)} nats`;
  }
}

customElements.define("flow-learns", FlowLearns);
