// <maf-by-numbers>: four numbers through the Gaussian autoregressive flow of the page, one step a press; back all at once.

const SIZE = 4;
const [ROW, Z_AT, BOX_AT, X_AT] = [56, 34, 190, 372]; // the picture's units
const index = (j) => "₁₂₃₄"[j];
const decimal = (value) => String(Number(value.toFixed(3)) || 0).replace("-", "−");
const list = (values) => `(${values.map(decimal).join(", ")})`;
const exact = (value) => Math.abs(1000 * value - Math.round(1000 * value)) < 1e-6; // with the three decimals shown
const equals = (...values) => (values.every(exact) ? "=" : "≈");

// What the page does by hand. Its "network" is: mean and standard deviation of x_j from the values before it.
function conditional(before) {
  const mu = before.reduce((sum, value) => sum + value, 0) / 2;
  const sigma = before.length === 0 ? 1 : 1 + before[before.length - 1] ** 2;
  return { mu, sigma };
}

// z to x: each line needs the one above it.
function toData(z) {
  const x = [];
  for (const value of z) {
    const { mu, sigma } = conditional(x);
    x.push(mu + sigma * value);
  }
  return x;
}

class MafByNumbers extends Explorable {
  build() {
    this.svg = this.picture(410, SIZE * ROW + 30);
    [-1, 0.5, 0.2, 1].forEach((value, j) => this.slider(`z${j + 1}`, `z${index(j)}`, -1, 1, 0.1, value, decimal));
    const upTo = (most) => ([number]) => Number.isInteger(number) && number >= 0 && number <= most;
    this.back = this.listed("back", upTo(1))?.[0] === 1; // whether z has been computed from x again
    this.step = this.listed("step", upTo(SIZE))?.[0] ?? 0; // how many x_j are there
    if (this.back) this.step = SIZE;
    this.button("Next step", () => this.update({ step: this.step % SIZE + 1, back: false }));
    this.button("Back: z from x, one step", () => this.update({ step: SIZE, back: true }));
    this.button("Start again", () => this.update({ step: 0, back: false }));
  }

  draw() {
    this.values = MafByNumbers.values([this.z1, this.z2, this.z3, this.z4], this.step, this.back);
    this.paint();
    return MafByNumbers.sentence(this.values);
  }

  static values(z, step, back) {
    const x = toData(z);
    const laws = x.map((_, j) => conditional(x.slice(0, j)));
    const mu = laws.map((law) => law.mu);
    const sigma = laws.map((law) => law.sigma);
    const found = laws.map((law, j) => (x[j] - law.mu) / law.sigma);
    const logDet = sigma.reduce((sum, value) => sum + Math.log(value), 0); // of g, from z to x
    const logBase = found.reduce((sum, value) => sum - 0.5 * value ** 2 - 0.5 * Math.log(2 * Math.PI), 0);
    return { z, x, mu, sigma, found, logDet, logProb: logBase - logDet, step, back };
  }

  static sentence(values) {
    if (values.back) return MafByNumbers.backwards(values);
    if (values.step === 0) return `z = ${list(values.z)} is drawn. Nothing of x is known yet: press for the first step.`;
    return MafByNumbers.forwards(values);
  }

  // The last number that became known, and from what. Where the three decimals shown are not all, it says "≈".
  static forwards({ z, x, mu, sigma, step }) {
    const j = step - 1;
    const known = x.slice(0, j).map((value, i) => `x${index(i)} ${equals(value)} ${decimal(value)}`);
    const from = j === 0 ? "From nothing" : `From ${known.join(", ")}`;
    const law = `μ${index(j)} ${equals(mu[j])} ${decimal(mu[j])} and σ${index(j)} ${equals(sigma[j])} ${decimal(sigma[j])}`;
    const factor = z[j] < 0 ? `(${decimal(z[j])})` : decimal(z[j]);
    const sum = `${equals(mu[j], sigma[j])} ${decimal(mu[j])} + ${decimal(sigma[j])} · ${factor}`;
    return `Step ${step} of ${SIZE}. ${from}: ${law}. So x${index(j)} ${sum} ${equals(mu[j], sigma[j], x[j])} ${decimal(x[j])}.`;
  }

  static backwards({ x, mu, sigma, found, logDet, logProb }) {
    const told = (name, values) => `${name} ${equals(...values)} ${list(values)}`;
    return (
      `Back in one step. All of ${told("x", x)} is there, and so are all of ${told("μ", mu)} and ${told("σ", sigma)}, ` +
      `and (x − μ) / σ gives ${told("z", found)}. The log-det of this direction is ${exact(logDet) ? "" : "about "}${decimal(-logDet)}, ` +
      `and log p(x) ≈ ${decimal(logProb)} nats.`
    );
  }

  paint() {
    const { z, x, mu, sigma, found } = this.values;
    this.svg.replaceChildren();
    const label = (place, y, text) => this.add(this.svg, "text", { x: place, y: y + 4, "text-anchor": "middle" }, text);
    [[Z_AT, "noise z"], [BOX_AT, "μ, σ of each line"], [X_AT, "data x"]].forEach(([place, text]) => label(place, 10, text));
    for (let j = 0; j < SIZE; j++) {
      const y = 50 + j * ROW;
      const known = j < this.step;
      const now = this.back || j === this.step - 1; // computed by the last press
      for (let i = 0; i < j; i++) {
        const [from, bend] = [50 + i * ROW, X_AT - 70 - 12 * (j - i)];
        this.arrow(`M${X_AT - 28} ${from + 8}Q${bend} ${(from + y) / 2} ${BOX_AT + 70} ${y - 8 + 5 * i}`, known, now);
      }
      const [right, left] = [`M${Z_AT + 28} ${y}H${BOX_AT - 70}`, `M${BOX_AT + 70} ${y}H${X_AT - 28}`];
      [right, left].forEach((d) => this.arrow(d, known, now));
      this.add(this.svg, "rect", { x: BOX_AT - 70, y: y - 17, width: 140, height: 34, rx: 5, class: known ? "pass-ready" : "pass-open" });
      label(BOX_AT, y, known ? `${decimal(mu[j])} and ${decimal(sigma[j])}` : "waits");
      this.add(this.svg, "circle", { cx: Z_AT, cy: y, r: 26, class: "pass-ready" });
      label(Z_AT, y, decimal(this.back ? found[j] : z[j]));
      this.add(this.svg, "circle", { cx: X_AT, cy: y, r: 26, class: known ? "pass-ready" : "pass-open" });
      label(X_AT, y, known ? decimal(x[j]) : "?");
    }
  }

  arrow(d, known, now) {
    const kind = !known ? "pass-waits" : now ? "pass-next" : "pass-done";
    this.add(this.svg, "path", { d, class: `plot-line pass-arrow ${kind}` });
  }
}

customElements.define("maf-by-numbers", MafByNumbers);
