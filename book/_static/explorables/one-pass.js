// <one-pass>: MAF and IAF, and in each direction which values one pass of the network can compute at once.

const LOOKS_AT = { MAF: "x", IAF: "z" }; // what μ and σ are functions of

class OnePass extends Explorable {
  build() {
    this.svg = this.picture(420, 170);
    this.choice("model", "Model", { MAF: "MAF", IAF: "IAF" });
    this.choice("direction", "Direction", { f: "f: from x to z", g: "g: from z to x" });
    this.slider("m", "Values m", 2, 8, 1, 5);
    this.slider("passes", "Passes of the network", 0, 8, 1, 1);
  }

  // What is given, what is wanted, and after each pass how many wanted values are right.
  known(passes) {
    const given = this.direction === "f" ? "x" : "z";
    if (LOOKS_AT[this.model] === given) return passes ? this.m : 0; // all that the network looks at is there
    return Math.min(passes, this.m); // value j waits for value j - 1
  }

  draw() {
    this.controls.querySelector("[data-key=passes]").max = this.m;
    this.passes = Math.min(this.passes, this.m);
    this.followers.forEach((follow) => follow());
    const [given, wanted] = this.direction === "f" ? ["x", "z"] : ["z", "x"];
    const right = Array.from({ length: this.m }, (_, i) => this.known(i + 1));
    const needed = right.indexOf(this.m) + 1;
    const done = this.known(this.passes);
    this.values = { right, needed, done };
    this.paint(given, wanted, done);
    const way = `${this.model}, ${this.direction}: from ${given} to ${wanted}.`;
    const verb = done === 1 ? "is" : "are";
    const passes = `After ${this.passes} ${this.passes === 1 ? "pass" : "passes"} ${done} of ${this.m} values of ${wanted} ${verb} right.`;
    const why =
      needed === 1
        ? `The network looks only at ${given}, and all of it is given: one pass is enough.`
        : `The network looks at ${wanted} itself: each value needs the ones before it, so it takes ${needed} passes in all.`;
    return `${way} ${passes} ${why}`;
  }

  paint(given, wanted, done) {
    this.svg.replaceChildren();
    const place = (letter, i) => [((i + 0.5) / this.m) * 420, letter === given ? 30 : 140];
    const source = LOOKS_AT[this.model];
    const ready = (letter, i) => letter === given || i < done;
    const next = source === given ? this.m : done + 1; // what this pass can compute
    for (let j = 0; j < this.m; j++) {
      for (let i = 0; i <= j; i++) {
        const letter = i === j ? given : source; // the value itself, and what μ and σ look at
        const [[x1, y1], [x2, y2]] = [place(letter, i), place(wanted, j)];
        const lit = j < done || (j < next && ready(letter, i));
        const kind = `plot-line pass-arrow ${lit ? (j < done ? "pass-done" : "pass-next") : "pass-waits"}`;
        const middle = letter === wanted ? 140 - 22 * (j - i) - 10 : (y1 + y2) / 2;
        const d = letter === wanted ? `M${x1} ${y1}Q${(x1 + x2) / 2} ${middle} ${x2} ${y2}` : `M${x1} ${y1}L${x2} ${y2}`;
        this.add(this.svg, "path", { d, class: kind });
      }
    }
    for (const letter of [given, wanted]) {
      for (let i = 0; i < this.m; i++) {
        const [cx, cy] = place(letter, i);
        this.add(this.svg, "circle", { cx, cy, r: 17, class: ready(letter, i) ? "pass-ready" : "pass-open" });
        this.add(this.svg, "text", { x: cx, y: cy + 5, "text-anchor": "middle" }, `${letter}${"₁₂₃₄₅₆₇₈"[i]}`);
      }
    }
  }
}

customElements.define("one-pass", OnePass);
