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
  };
  const POINT_SIGMA = 0.2; // of the Gaussian that each drawn point stands for

  // log pi and its gradient at points x, (2, B). The banana is a Gaussian sheared: y_2 = x_2 - bend (x_1^2 - 1).
  function evaluate({ centers, sigma, bend = 0 }, x) {
    const B = x.length / 2;
    const [logProb, gradient] = [new Float64Array(B), new Float64Array(2 * B)];
    const constant = Math.log(2 * Math.PI * sigma * sigma * centers.length);
    for (let s = 0; s < B; s++) {
      const [y1, y2] = [x[s], x[B + s] - bend * (x[s] * x[s] - 1)];
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
      gradient[B + s] = by2 / sum / (sigma * sigma);
      gradient[s] = by1 / sum / (sigma * sigma) - 2 * bend * x[s] * gradient[B + s];
    }
    return { logProb, gradient };
  }

  // Shearing keeps the entropy. That of the mixture is a sum over a grid of step sigma / 2, exact to about ten digits.
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

  function sample({ centers, sigma, bend = 0 }, n, random, normal) {
    const x = new Float64Array(2 * n);
    for (let s = 0; s < n; s++) {
      const [c1, c2] = centers[Math.floor(random() * centers.length)];
      x[s] = c1 + sigma * normal(random);
      x[n + s] = c2 + sigma * normal(random) + bend * (x[s] * x[s] - 1);
    }
    return x;
  }

  // The target of this name, or that of drawn points [[x1, x2], ...].
  function target(name, points = []) {
    const law = name === "points" ? { centers: points, sigma: POINT_SIGMA } : LAWS[name];
    return {
      evaluate: (x) => evaluate(law, x),
      entropy: () => entropy(law),
      sample: (n, random, normal) => sample(law, n, random, normal),
    };
  }

  return { target };
}
