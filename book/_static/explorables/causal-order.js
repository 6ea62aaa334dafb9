// <causal-order>: number the pixels of a small image, open the taps of a 3 by 3 mask, and read whether it is causal.

const N = 4; // pixels a side
const ORDERS = {
  raster: (row, column) => row * N + column,
  columns: (row, column) => column * N + row,
  snake: (row, column) => row * N + (row % 2 ? N - 1 - column : column),
  spiral: (row, column) => {
    const ring = Math.min(row, column, N - 1 - row, N - 1 - column);
    const side = N - 2 * ring;
    const before = N * N - side * side;
    const [y, x] = [row - ring, column - ring];
    if (y === 0) return before + x;
    if (x === side - 1) return before + side - 1 + y;
    if (y === side - 1) return before + 3 * (side - 1) - x;
    return before + 4 * (side - 1) - y;
  },
};
const RASTER_A = [true, true, true, true, false, false, false, false, false];

class CausalOrder extends Explorable {
  build() {
    this.panel.classList.add("order-boards");
    this.mask = this.listed("mask", (taps) => taps.length === 9)?.map(Boolean) ?? [...RASTER_A];
    this.order = Array(N * N).fill(0);
    const board = (title, size) => {
      const part = this.add(this.panel, "div", { class: "order-board", role: "group", "aria-label": title });
      this.add(part, "div", { class: "order-title", "aria-hidden": "true" }, title);
      return this.add(part, "div", { class: "order-grid", style: `grid-template-columns: repeat(${size}, 1fr)` });
    };
    const image = board("Order of the pixels", N);
    this.pixels = this.order.map((_, i) => this.button("", () => this.press(i), image));
    const kernel = board("Mask, 3 × 3", 3);
    this.taps = this.mask.map((_, t) =>
      this.button("", () => this.update({ mask: this.mask.map((open, i) => (i === t ? !open : open)) }), kernel),
    );
    const names = { raster: "raster", columns: "by columns", snake: "snake", spiral: "spiral", hand: "by hand" };
    this.choice("preset", "Order", names).addEventListener("change", () => this.number());
    this.button("Raster mask, type A", () => this.update({ mask: [...RASTER_A] }));
    this.button("Same, type B", () => this.update({ mask: RASTER_A.map((open, t) => open || t === 4) }));
    this.number();
    const order = this.listed("order", CausalOrder.isOrder);
    if (order && this.preset === "hand") this.update({ order });
  }

  // Pixels have places 1, 2, ... up to some number, the others 0.
  static isOrder(places) {
    const taken = places.filter((place) => place !== 0).sort((a, b) => a - b);
    return places.length === N * N && taken.every((place, i) => place === i + 1);
  }

  // Places 1, 2, ... of a known order, or none yet for one drawn by hand.
  number() {
    const place = ORDERS[this.preset];
    this.update({ order: this.order.map((_, i) => (place ? place(Math.floor(i / N), i % N) + 1 : 0)) });
  }

  // By hand: the pixel that is pressed comes next. With a full order a new one begins.
  press(pixel) {
    const done = Math.max(...this.order);
    const order = done === N * N ? this.order.map(() => 0) : [...this.order];
    if (order[pixel] === 0) order[pixel] = Math.max(...order) + 1;
    this.update({ order, preset: "hand" });
  }

  links() {
    const found = [];
    for (let i = 0; i < N * N; i++) {
      this.mask.forEach((open, t) => {
        const [row, column] = [Math.floor(i / N) + Math.floor(t / 3) - 1, (i % N) + (t % 3) - 1];
        if (open && row >= 0 && row < N && column >= 0 && column < N) found.push([i, row * N + column, t]);
      });
    }
    return found;
  }

  draw() {
    const complete = this.order.every((place) => place > 0);
    const links = this.links();
    const forbidden = complete ? links.filter(([i, j]) => this.order[j] >= this.order[i]) : [];
    const guilty = new Set(forbidden.map(([, , tap]) => tap));
    const past = (N * N * (N * N - 1)) / 2;
    const present = links.length - forbidden.length;
    this.values = { causal: complete && !forbidden.length, present, forbidden: forbidden.length, missing: past - present };
    const where = (i, side) => `row ${Math.floor(i / side) + 1}, column ${(i % side) + 1}`;
    this.pixels.forEach((button, i) => {
      button.textContent = this.order[i] || "·";
      this.set(button, { "aria-label": `${where(i, N)}: ${this.order[i] || "no place yet"}` });
      button.classList.toggle("order-guilty", forbidden.some(([pixel]) => pixel === i));
    });
    this.taps.forEach((button, t) => {
      button.textContent = this.mask[t] ? "1" : "0";
      const kind = t === 4 ? "the center" : where(t, 3);
      this.set(button, { "aria-label": `${kind}: ${this.mask[t] ? "1" : "0"}`, "aria-pressed": this.mask[t] });
      button.classList.toggle("order-guilty", guilty.has(t));
    });
    if (!complete) {
      const next = Math.max(...this.order) + 1;
      return `Press the pixels one after another, in any order: which one is number ${next}?`;
    }
    const count = `After one layer ${present} of ${past} links to the past ${present === 1 ? "is" : "are"} there.`;
    if (!forbidden.length) return `Causal: every open tap looks at an earlier pixel. ${count}`;
    const [i, j] = forbidden[0];
    const example = i === j ? `pixel ${this.order[i]} sees itself` : `pixel ${this.order[i]} sees pixel ${this.order[j]}`;
    const center = guilty.size === 1 && guilty.has(4) ? " Only the center is at fault, and every layer but the first may open it." : "";
    const number = forbidden.length === 1 ? "1 link is" : `${forbidden.length} links are`;
    return `Not causal: ${number} forbidden, for instance ${example}.${center} ${count}`;
  }
}

customElements.define("causal-order", CausalOrder);
