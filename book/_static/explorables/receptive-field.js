// <receptive-field>: which values of the past reach one conditional through a stack of masked convolutions.
// The same boolean bookkeeping as gdm_lib.check.causality, followed backwards from one output.

const SIDE = 9; // pixels
const COLORS = ["red", "green", "blue"]; // in the order of an RGB pixel

// May a tap dy rows down and dx columns right be read, from a value of color `from` for one of color `to`?
function rasterTap(kind, dy, dx, from, to) {
  if (dy !== 0) return dy < 0;
  if (dx !== 0) return dx < 0;
  return kind === "B" ? from <= to : from < to;
}

function verticalTap(kind, dy) {
  return kind === "B" ? dy <= 0 : dy < 0;
}

class ReceptiveField extends Explorable {
  build() {
    this.svg = this.picture(SIDE * 20, SIDE * 20);
    this.slider("kernel", "Kernel", 3, 7, 2, 3, (k) => `${k} × ${k}`);
    this.slider("layers", "Layers of type B", 0, 8, 1, 3);
    this.choice("first", "First layer", { A: "type A", B: "type B (wrong)" });
    this.choice("stack", "Stack", { plain: "one", gated: "two: vertical, horizontal" });
    this.choice("color", "Value", { gray: "gray pixel", red: "red of RGB", green: "green of RGB", blue: "blue of RGB" });
    this.slider("row", "Row", 1, SIDE, 1, 6);
    this.slider("column", "Column", 1, SIDE, 1, 4);
    this.drag(this.svg, (x, y) => {
      const place = (position) => Explorable.clamp(Math.ceil(position / 20), 1, SIDE);
      this.update({ row: place(y), column: place(x) });
    });
  }

  // The values of the image that reach the chosen one, as a set of (row * SIDE + column) * colors + color.
  seen(colors, color) {
    const half = (this.kernel - 1) / 2;
    const taps = (places, open) => {
      const found = new Set();
      for (const place of places) {
        const to = place % colors;
        const [y, x] = [Math.floor(place / colors / SIDE), Math.floor(place / colors) % SIDE];
        for (let row = Math.max(0, y - half); row <= Math.min(SIDE - 1, y + half); row++) {
          for (let column = Math.max(0, x - half); column <= Math.min(SIDE - 1, x + half); column++) {
            for (let from = 0; from < colors; from++) {
              if (open(row - y, column - x, from, to)) found.add((row * SIDE + column) * colors + from);
            }
          }
        }
      }
      return found;
    };
    const pixel = (this.row - 1) * SIDE + this.column - 1;
    const last = [...Array(color + 1).keys()].map((from) => pixel * colors + from); // the last layer, 1 by 1, type B
    let horizontal = new Set(last);
    let vertical = new Set();
    for (let layer = this.layers; layer >= 0; layer--) {
      const kind = layer ? "B" : this.first;
      if (this.stack === "plain") {
        horizontal = taps(horizontal, (dy, dx, from, to) => rasterTap(kind, dy, dx, from, to));
        continue;
      }
      const both = new Set([...horizontal, ...vertical]); // the horizontal stack takes in the vertical one
      horizontal = taps(horizontal, (dy, dx, from, to) => dy === 0 && rasterTap(kind, 0, dx, from, to));
      vertical = taps(both, (dy) => verticalTap(kind, dy));
    }
    return new Set([...horizontal, ...vertical]);
  }

  draw() {
    const colors = this.color === "gray" ? 1 : 3;
    const color = Math.max(0, COLORS.indexOf(this.color));
    const own = ((this.row - 1) * SIDE + this.column - 1) * colors + color;
    const seen = this.seen(colors, color);
    const past = [...Array(own).keys()];
    const forbidden = [...seen].filter((place) => place >= own);
    this.values = {
      seen: [...seen].sort((a, b) => a - b),
      past: own,
      missing: past.filter((place) => !seen.has(place)).length,
      forbidden: forbidden.length,
    };
    this.paint(seen, own, colors);
    const what = colors === 1 ? "earlier pixels" : "earlier values (three for each pixel)";
    const who = `${colors === 1 ? "The pixel" : `The ${COLORS[color]}`} in row ${this.row}, column ${this.column}`;
    const { missing } = this.values;
    const blind = missing ? `; ${missing}, marked ×, ${missing === 1 ? "is" : "are"} out of reach.` : ", all of them.";
    const reach = own === 0 ? `${who} comes first: nothing is earlier.` : `${who} sees ${own - missing} of ${own} ${what}${blind}`;
    const self = forbidden.includes(own) ? "itself" : "";
    const later = forbidden.length - (self ? 1 : 0);
    const others = later ? `${later} later ${later === 1 ? "value" : "values"}` : "";
    const broken = forbidden.length
      ? ` It also sees ${[self, others].filter(Boolean).join(" and ")}: so its outputs are no conditionals, and their product need not sum to 1.`
      : "";
    return reach + broken;
  }

  paint(seen, own, colors) {
    this.svg.replaceChildren();
    const missed = (place) => !seen.has(place) && place < own;
    const whole = (pixel) => [...Array(colors).keys()].every((color) => missed(pixel * colors + color));
    for (let place = 0; place < SIDE * SIDE * colors; place++) {
      const pixel = Math.floor(place / colors);
      const [x, y] = [(pixel % SIDE) * 20, Math.floor(pixel / SIDE) * 20];
      const width = 18 / colors;
      const left = x + 1 + (place % colors) * width;
      const reached = seen.has(place) ? (place < own ? "seen" : "forbidden") : place < own ? "missed" : "later";
      const kind = `field-${reached}${place === own ? " field-own" : ""}`;
      this.add(this.svg, "rect", { x: left, y: y + 1, width, height: 18, class: kind });
      if (reached !== "missed") continue;
      // One cross for a pixel of which nothing is seen, else one for each value.
      const all = whole(pixel);
      if (all && place % colors) continue;
      const [cx, cy, arm] = all ? [x + 10, y + 10, 4] : [left + width / 2, y + 10, 2.2];
      const cross = `M${cx - arm} ${cy - arm}l${2 * arm} ${2 * arm}m0 ${-2 * arm}l${-2 * arm} ${2 * arm}`;
      this.add(this.svg, "path", { d: cross, class: "field-cross" });
    }
  }
}

customElements.define("receptive-field", ReceptiveField);
