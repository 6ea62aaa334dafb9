// <pixelcnn-paints>: a PixelCNN draws a digit pixel by pixel. Its weights come with the page, as JSON (live-pixels.js).

const PAINT_CELL = 24; // units of the picture that a pixel takes
const [BARS_LEFT, BARS_WIDE] = [234, 128]; // where the bars stand
const PAINT_PAUSE = 110; // milliseconds between two pixels
const PAINT_REST = 1800; // milliseconds that a finished digit stays
const INK_REACH = 1.35; // pixels from the middle of a finger's stroke to where it ends
const INK_LETTERS = "0123456789abcdefgh"; // a value of the drawn half, as the address writes it
const withArticle = (digit) => `${digit === 8 ? "an" : "a"} ${digit}`;

class PixelcnnPaints extends Explorable {
  build() {
    this.net = livePixels(JSON.parse(this.querySelector("script[type='application/json']").textContent));
    const { side, levels, labels } = this.net;
    this.pixels = side * side;
    this.half = this.pixels / 2;
    this.ink = this.readInk(this.addressed("ink"));
    this.kept.push("ink");
    this.buildPicture(side, levels);
    this.slider("step", "Pixels painted", 0, this.pixels, 1, 20);
    this.button("Next pixel", () => this.onward());
    this.playButton = this.button("Paint", () => (this.playing ? this.rest() : this.play()));
    this.button("Another", () => this.again({ seed: (this.seed % 999) + 1, step: 0 }));
    this.slider("label", "Digit", 0, labels - 1, 1, 3);
    if (this.hasAttribute("small")) Object.assign(this, { temperature: 1, seed: 1, begin: "nothing" });
    else this.buildChoices(side);
    this.controls.addEventListener("input", () => this.rest());
    if (this.hasAttribute("autoplay") && !Explorable.still()) this.timer = setTimeout(() => this.play(labels), PAINT_PAUSE);
  }

  // What the reader may change beside the digit. A small one on the front page goes without.
  buildChoices(side) {
    this.slider("temperature", "Temperature", 0.2, 2, 0.1, 1, (value) => value.toFixed(1));
    this.slider("seed", "Draw", 1, 999, 1, 1, (value) => `no. ${value}`);
    this.choice("begin", "Begins with", { nothing: "nothing", half: "an upper half of yours" });
    this.slider("row", "Ink, row", 1, side / 2, 1, 2);
    this.slider("column", "Ink, column", 1, side, 1, 4);
    this.button("Put ink", () => this.stroke(this.column - 0.5, this.row - 0.5));
    this.button("Wash off", () => this.update({ ink: Array(this.half).fill(0), begin: "half", step: this.half }));
    this.drag(this.upper, (x, y) => this.stroke(x / PAINT_CELL, y / PAINT_CELL), () => this.begin === "half");
  }

  readInk(text) {
    const values = [...(text ?? "")].map((letter) => INK_LETTERS.indexOf(letter));
    const good = values.length === this.half && values.every((value) => value >= 0 && value < this.net.levels);
    return good ? values : Array(this.half).fill(0);
  }

  keptValue(key) {
    return key === "ink" ? this.ink.map((value) => INK_LETTERS[value]).join("") : super.keptValue(key);
  }

  buildPicture(side, levels) {
    const size = side * PAINT_CELL;
    this.svg = this.picture(BARS_LEFT + BARS_WIDE + 6, size + 30);
    const [upper, lower, above] = ["g", "g", "g"].map((tag) => this.add(this.svg, tag));
    this.upper = upper; // a finger paints here; elsewhere it scrolls
    const cell = (parent, p, kind) => this.add(parent, "rect", {
      x: (p % side) * PAINT_CELL, y: Math.floor(p / side) * PAINT_CELL, width: PAINT_CELL, height: PAINT_CELL, class: kind });
    const part = (p) => (p < this.half ? upper : lower);
    this.cells = Array.from({ length: this.pixels }, (_, p) => ({
      ink: cell(part(p), p, "paint-ink"),
      light: cell(above, p, "paint-seen"),
    }));
    this.current = cell(above, 0, "paint-current");
    this.add(this.svg, "text", { x: size / 2, y: size + 22, "text-anchor": "middle", class: "plot-label" }, "blue: what it looks at");
    const width = BARS_WIDE / levels;
    const bar = (_, value) => this.add(this.svg, "rect", { x: BARS_LEFT + value * width, width: width - 1 });
    this.bars = Array.from({ length: levels }, bar);
    const place = (value) => BARS_LEFT + (value + 0.5) * width;
    this.axis(this.svg, { from: -0.5, to: levels - 0.5, ticks: [0, 4, 8, 12, 16].filter((tick) => tick < levels), place, at: size });
    this.top = 1; // probability at the upper end of the axis
    this.height = (probability) => size - (probability / this.top) * (size - 20);
    this.axis(this.svg, { from: 0, to: 1, ticks: [0, 0.5, 1], place: this.height, at: BARS_LEFT, upright: true });
    this.ticks = [...this.svg.querySelectorAll("text")].slice(-3);
    this.barsTitle = this.add(this.svg, "text", { x: BARS_LEFT + BARS_WIDE / 2, y: 12, "text-anchor": "middle", class: "plot-label" });
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  // A stroke of the reader's at a place of the upper half, in pixels: the nearer, the darker.
  stroke(x, y) {
    const side = this.net.side;
    const ink = this.ink.map((value, p) => {
      const away = Math.hypot((p % side) + 0.5 - x, Math.floor(p / side) + 0.5 - y);
      const fresh = Math.round((this.net.levels - 1) * Explorable.clamp(INK_REACH - away, 0, 1));
      return Math.max(value, fresh);
    });
    this.rest();
    this.update({ ink, begin: "half", step: this.half });
  }

  again(changes) {
    this.rest();
    this.update(changes);
  }

  get first() {
    return this.begin === "half" ? this.half : 0;
  }

  onward() {
    this.again({ step: this.step < this.pixels ? this.step + 1 : this.first });
  }

  // Pixel by pixel to the end; where motion is reduced, the end at once. Then so many digits more.
  play(more = 0) {
    this.playing = true;
    if (Explorable.still()) return this.again({ step: this.pixels });
    const fresh = this.step >= this.pixels ? { step: this.first, seed: (this.seed % 999) + 1 } : {};
    this.update({ ...fresh });
    const next = () => {
      this.update({ step: this.step + 1 });
      if (this.step < this.pixels) this.timer = setTimeout(next, PAINT_PAUSE);
      else if (more) this.timer = setTimeout(() => this.nextDigit(more), PAINT_REST);
      else this.again({});
    };
    this.timer = setTimeout(next, PAINT_PAUSE);
  }

  nextDigit(more) {
    this.label = (this.label + 1) % this.net.labels;
    this.play(more - 1);
  }

  rest() {
    clearTimeout(this.timer);
    if (!this.playing) return;
    this.playing = false;
    this.update();
  }

  remember() {
    if (!this.playing) super.remember(); // what plays by itself is no setting of the reader's
  }

  // Uniforms that a draw's number and a pixel's place determine (mulberry32).
  uniform(p) {
    let state = (this.seed * 0x9e3779b1 + p * 0x6d2b79f5) >>> 0;
    state = Math.imul(state ^ (state >>> 15), state | 1);
    state ^= state + Math.imul(state ^ (state >>> 7), state | 61);
    return ((state ^ (state >>> 14)) >>> 0) / 4294967296;
  }

  // The painting of a setting is computed once, not at each of its pixels.
  painting() {
    const { label, temperature, seed, begin, ink } = this;
    const key = JSON.stringify([label, temperature, seed, begin, ink]);
    if (key !== this.painted?.key) {
      const uniforms = Array.from({ length: this.pixels }, (_, p) => this.uniform(p));
      const given = begin === "half" ? ink : [];
      this.painted = { key, uniforms, pixels: this.net.paint(label, temperature, uniforms, given) };
    }
    return this.painted;
  }

  draw() {
    if (this.step < this.first) this.step = this.first;
    this.followers.forEach((follow) => follow());
    this.values = this.state(this.step);
    this.playButton.textContent = this.playing ? "Pause" : this.step < this.pixels ? "Paint" : "Paint again";
    this.paintBoard();
    this.paintBars();
    if (this.playing && this.step < this.pixels) return `It paints ${withArticle(this.label)}, pixel by pixel.`; // read out once, not at each
    return PixelcnnPaints.sentence(this.values);
  }

  // All that is known when so many pixels are painted.
  state(step) {
    const { uniforms, pixels } = this.painting();
    const { label, temperature, seed, begin, ink, first } = this;
    const x = pixels.slice(0, step).map(({ value }) => value);
    const bits = pixels.slice(first, step).reduce((sum, { logProb }) => sum - logProb / Math.LN2, 0);
    const before = step > first ? pixels[step - 1].probabilities[x[step - 1]] : null; // probability of the last pixel's value
    const { value: drawn = null, probabilities = null } = pixels[step] ?? {};
    const field = step < this.pixels ? this.net.field(step) : [];
    const now = { step, x, bits, before, drawn, probabilities, field, uniforms };
    return { side: this.net.side, first, label, temperature, seed, begin, ink, ...now };
  }

  paintBoard() {
    const { x, step, field, begin } = this.values;
    const seen = new Set(field);
    const top = this.net.levels - 1;
    const side = this.net.side;
    this.cells.forEach(({ ink, light }, p) => {
      this.set(ink, { "fill-opacity": p < x.length ? x[p] / top : 0, class: `paint-ink${p >= x.length ? " paint-open" : ""}` });
      this.set(light, { visibility: seen.has(p) ? "visible" : "hidden" });
    });
    const shown = step < this.pixels ? "visible" : "hidden";
    this.set(this.current, { x: (step % side) * PAINT_CELL, y: Math.floor(step / side) * PAINT_CELL, visibility: shown });
    this.upper.classList.toggle("explorable-draws", begin === "half");
  }

  paintBars() {
    const { probabilities, step } = this.values;
    const most = Math.max(...(probabilities ?? [1]));
    this.top = [0.25, 0.5, 1].find((end) => most <= end);
    this.ticks.forEach((tick, i) => (tick.textContent = String((this.top * i) / 2)));
    this.bars.forEach((bar, value) => {
      const top = this.height(probabilities?.[value] ?? 0);
      this.set(bar, { y: top, height: this.height(0) - top, class: "paint-bar" });
    });
    this.barsTitle.textContent = probabilities ? `value of pixel ${step + 1}` : "";
  }

  // What it says of a state.
  static sentence(state) {
    const { step, side, probabilities, field, uniforms, drawn } = state;
    if (!probabilities) return PixelcnnPaints.ending(state);
    const percent = (probability) => `${(100 * probability).toFixed(probability < 0.1 ? 1 : 0)} %`;
    const best = probabilities.indexOf(Math.max(...probabilities));
    const entropy = -probabilities.reduce((sum, p) => sum + (p > 0 ? p * Math.log2(p) : 0), 0);
    const where = `row ${Math.floor(step / side) + 1}, column ${(step % side) + 1}`;
    const looks = step === 0 ? "It looks at no pixel, only at the label" : `It looks at ${field.length} of the ${step} pixels before it`;
    return (
      `${PixelcnnPaints.before(state)} Now pixel ${step + 1} (${where}). ${looks}, and finds ${best} most likely, ` +
      `with ${percent(probabilities[best])}; the entropy of the distribution is ${entropy.toFixed(2)} bits. ` +
      `The uniform number ${uniforms[step].toFixed(3)} will make it ${drawn}.`
    );
  }

  static before({ step, first, x, before }) {
    if (step === 0) return "Nothing is painted yet.";
    if (step === first) return "The upper half is yours.";
    return `Pixel ${step} became ${x[step - 1]}, which had a probability of ${(100 * before).toFixed(1)} %.`;
  }

  static ending({ bits, label, temperature, side, first }) {
    const count = side * side - first;
    const all = first ? `The lower half, ${count} pixels, is completed` : `All ${count} pixels are painted`;
    const warm = temperature === 1 ? "" : ` At temperature ${temperature.toFixed(1)} this is not a sample of the model.`;
    const cost = `Under the model they cost ${bits.toFixed(1)} bits, ${(bits / count).toFixed(2)} per pixel.`;
    return `${all}, as ${withArticle(label)}. ${cost}${warm}`;
  }
}

customElements.define("pixelcnn-paints", PixelcnnPaints);
