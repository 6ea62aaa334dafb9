// The targets of gdm_lib.densities that a page can learn, and one from points that a reader draws: equal mixtures of
// round Gaussians, whose entropy and gradient are known. Uses nothing outside itself, since a worker gets it as text.

function liveTargets() {
  const circle = (n, radius, angle, x = 0, y = 0) =>
    Array.from({ length: n }, (_, i) => [radius * Math.cos(angle(i)) + x, radius * Math.sin(angle(i)) + y]);

  const upper = circle(24, 1, (i) => (Math.PI * i) / 23, -0.5, -0.25);
  const ticks = [-1.5, 0, 1.5];
  const LAWS = {
    banana: { centers: [[0, 0]], sigma: 1, bend: 0.5 },
    humps: { centers: [[-2, 0], [2, 0]], sigma: 0.6 },
    moons: { centers: [...upper, ...upper.map(([x, y]) => [-x, -y])], sigma: 0.1 },
    rings: {
      centers: [...circle(40, 1, (i) => (2 * Math.PI * i) / 40), ...circle(80, 2, (i) => (2 * Math.PI * i) / 80)],
      sigma: 0.1,
    },
    grid: { centers: ticks.flatMap((x) => ticks.map((y) => [x, y])), sigma: 0.1 },
    pinwheel: {
      centers: Array.from({ length: 9 }, (_, i) => circle(5, 0.5 + (1.5 * i) / 8, (arm) => (2 * Math.PI * arm) / 5)).flat(),
      sigma: 0.15,
      turn: 0.9,
    },
  };
  const POINT_SIGMA = 0.2; // of the Gaussian that each drawn point stands for

  // The checkerboard: uniform on the 8 dark unit squares of a 4 x 4 board. Its density has no slope, and is 0 elsewhere.
  const checkerboard = {
    bounded: true, // its density is 0 beside the squares
    evaluate(x) {
      const B = x.length / 2;
      const dark = (a, b) => Math.max(Math.abs(a), Math.abs(b)) < 2 && (Math.floor(a) + Math.floor(b)) % 2 === 0;
      const logProb = x.slice(0, B).map((a, s) => (dark(a, x[B + s]) ? -Math.log(8) : -Infinity));
      return { logProb, gradient: new Float64Array(2 * B) };
    },
    entropy: () => Math.log(8),
    sample(n, random) {
      const x = new Float64Array(2 * n);
      for (let s = 0; s < n; s++) {
        const row = Math.floor(4 * random()) - 2;
        x[s] = 2 * Math.floor(2 * random()) - 2 + Math.abs(row % 2) + random();
        x[n + s] = row + random();
      }
      return x;
    },
  };

  // log pi and its gradient at points x, (2, B). The pinwheel is turned by an angle that grows with the radius. The banana is a Gaussian sheared: y_2 = x_2 - bend (x_1^2 - 1).
  function evaluate({ centers, sigma, bend = 0, turn = 0 }, x) {
    const B = x.length / 2;
    const [logProb, gradient] = [new Float64Array(B), new Float64Array(2 * B)];
    const constant = Math.log(2 * Math.PI * sigma * sigma * centers.length);
    for (let s = 0; s < B; s++) {
      const radius = Math.hypot(x[s], x[B + s]);
      const [cos, sin] = [Math.cos(turn * radius), -Math.sin(turn * radius)];
      const [y1, y2] = [cos * x[s] - sin * x[B + s], sin * x[s] + cos * x[B + s] - bend * (x[s] * x[s] - 1)];
      let nearest = Infinity; // squared distance
      for (const [c1, c2] of centers) nearest = Math.min(nearest, (y1 - c1) ** 2 + (y2 - c2) ** 2);
      let [sum, by1, by2] = [0, 0, 0];
      for (const [c1, c2] of centers) {
        const weight = Math.exp((nearest - (y1 - c1) ** 2 - (y2 - c2) ** 2) / (2 * sigma * sigma));
        sum += weight;
        by1 += weight * (c1 - y1);
        by2 += weight * (c2 - y2);
      }
      logProb[s] = Math.log(sum) - nearest / (2 * sigma * sigma) - constant;
      const [g1, g2] = [by1 / sum / (sigma * sigma), by2 / sum / (sigma * sigma)];
      const byAngle = ((g2 * y1 - g1 * y2) * -turn) / (radius || 1); // a step outwards turns by -turn
      gradient[s] = cos * g1 + sin * g2 + byAngle * x[s] - 2 * bend * x[s] * g2;
      gradient[B + s] = cos * g2 - sin * g1 + byAngle * x[B + s];
    }
    return { logProb, gradient };
  }

  // Shearing and turning keep the entropy. That of the mixture is a sum over a grid of step sigma / 2, exact to about ten digits.
  function entropy({ centers, sigma }) {
    const step = sigma / 2;
    const [low, high] = [Math.min, Math.max].map((end, i) =>
      [0, 1].map((axis) => end(...centers.map((center) => center[axis])) + (2 * i - 1) * 8 * sigma),
    );
    const count = Math.ceil((high[1] - low[1]) / step);
    const column = new Float64Array(2 * count);
    for (let i = 0; i < count; i++) column[count + i] = low[1] + i * step;
    let total = 0;
    for (let x = low[0]; x < high[0]; x += step) {
      column.fill(x, 0, count);
      for (const log of evaluate({ centers, sigma }, column).logProb) total -= Math.exp(log) * log;
    }
    return total * step * step;
  }

  function sample({ centers, sigma, bend = 0, turn = 0 }, n, random, normal) {
    const x = new Float64Array(2 * n);
    for (let s = 0; s < n; s++) {
      const [c1, c2] = centers[Math.floor(random() * centers.length)];
      const [y1, y2] = [c1 + sigma * normal(random), c2 + sigma * normal(random)];
      const angle = turn * Math.hypot(y1, y2);
      x[s] = Math.cos(angle) * y1 - Math.sin(angle) * y2;
      x[n + s] = Math.sin(angle) * y1 + Math.cos(angle) * y2 + bend * (x[s] * x[s] - 1);
    }
    return x;
  }

  // The target of this name, or that of drawn points [[x1, x2], ...].
  function target(name, points = []) {
    if (name === "checkerboard") return checkerboard;
    const law = name === "points" ? { centers: points, sigma: POINT_SIGMA } : LAWS[name];
    return {
      evaluate: (x) => evaluate(law, x),
      entropy: () => entropy(law),
      sample: (n, random, normal) => sample(law, n, random, normal),
    };
  }

  return { target };
}
