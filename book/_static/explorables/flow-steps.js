// <flow-steps>: points on their way through a trained flow, step by step. The points come with the page, as JSON:
// {"scale": s, "steps": [[x, y, x, y, ...], ...] in units of 1 / s, "first": how many belong to the first color,
//  "kl": [forward KL in nats if the flow ended there, ...]}.

const HALF = 3.5; // the picture shows -3.5 to 3.5 on both axes
const UNIT = 40; // of the picture
const PAUSE = 1000; // milliseconds between two steps that play by themselves

class FlowSteps extends Explorable {
  build() {
    this.data = JSON.parse(this.querySelector("script[type='application/json']").textContent);
    const last = this.data.steps.length - 1;
    this.svg = this.picture(2 * HALF * UNIT, 2 * HALF * UNIT);
    const place = (value) => (value + HALF) * UNIT;
    const [low, high] = [-3, 3];
    for (const radius of [1, 2]) { // of the base: circles of one and of two standard deviations
      this.add(this.svg, "circle", { cx: place(0), cy: place(0), r: radius * UNIT, class: "flow-base" });
    }
    this.add(this.svg, "text", { x: place(0), y: place(2) + 16, "text-anchor": "middle", class: "plot-number" }, "base: 1 and 2 standard deviations");
    const ticks = [-3, -2, -1, 0, 1, 2, 3];
    this.axis(this.svg, { from: low, to: high, ticks, place, at: place(HALF) - 20 });
    this.axis(this.svg, { from: low, to: high, ticks, place: (value) => place(-value), at: 24, upright: true });
    this.points = Array.from({ length: this.data.steps[0].length / 2 }, (_, i) =>
      this.add(this.svg, "circle", { r: 2.2, class: i < this.data.first ? "flow-first" : "flow-second" }),
    );
    this.slider("step", "Steps taken", 0, last, 1, 0, (step) => `${step} of ${last}`);
    this.button("Play", () => this.play());
    this.controls.addEventListener("input", () => clearTimeout(this.timer));
    if (this.hasAttribute("autoplay") && !Explorable.still()) this.timer = setTimeout(() => this.play(), PAUSE);
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }

  // Once from the first step to the last; moving the slider ends it.
  play() {
    clearTimeout(this.timer);
    const next = this.step === this.data.steps.length - 1 ? 0 : this.step + 1;
    this.update({ step: next });
    if (next < this.data.steps.length - 1) this.timer = setTimeout(() => this.play(), PAUSE);
  }

  draw() {
    const { steps, scale, kl } = this.data;
    const at = steps[this.step].map((number) => number / scale);
    this.points.forEach((point, i) => {
      const [x, y] = [(at[2 * i] + HALF) * UNIT, (HALF - at[2 * i + 1]) * UNIT];
      point.style.transform = `translate(${x.toFixed(1)}px, ${y.toFixed(1)}px)`;
    });
    const mean = (numbers) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
    const spread = (numbers) => Math.sqrt(mean(numbers.map((a) => (a - mean(numbers)) ** 2)));
    const [x, y] = [at.filter((_, i) => i % 2 === 0), at.filter((_, i) => i % 2 === 1)];
    this.values = { kl: kl[this.step], mean: [mean(x), mean(y)], deviation: [spread(x), spread(y)] };
    const where =
      this.step === 0
        ? "The data, two moons."
        : this.step === steps.length - 1
          ? `After all ${this.step} steps: nearly a round cloud, with the two moons side by side in it.`
          : `After step ${this.step} of ${steps.length - 1}.`;
    const deviations = this.values.deviation.map((deviation) => deviation.toFixed(2)).join(" and ");
    return `${where} If the flow ended here, its forward KL would be ${kl[this.step].toFixed(2)} nats. Standard deviations: ${deviations}.`;
  }
}

customElements.define("flow-steps", FlowSteps);
