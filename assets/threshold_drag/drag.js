// While the threshold slider is dragged: which clusters there are is looked up, nothing is computed anew. Every cluster,
// outline and synthetic row comes with the thresholds between which it is there.

const there = (part, t) => part.low.flatMap((low, i) => (low < t && t <= part.high[i] ? [i] : []));
const chart = (key) => document.querySelector(`.st-key-${key} .js-plotly-plot`);

export default function ({ data, parentElement }) {
  const controls = document.querySelector(".st-key-controls");
  const readout = parentElement.querySelector(".readout");
  if (!controls || !readout) return;
  const threshold = () => Number(controls.querySelector(".st-key-threshold input[type=range]")?.value ?? NaN);
  let shown = threshold();
  let due = 0;

  const words = (t) => {
    const { clusters, people } = data;
    const ends = there(clusters, t);
    const pure = ends.filter((i) => clusters.pure[i]);
    const share = (group) => Math.round((100 * pure.reduce((sum, i) => sum + clusters[group][i], 0)) / people[group]);
    return `${ends.length} clusters, ${pure.length} pure: ${share("pd")} % of PD, ${share("control")} % of control`;
  };

  const moveMap = (t) => {
    const map = chart("latent_map");
    if (!map?.data || !window.Plotly || !data.outlines.length) return;
    const [at, x, y, colours] = [[], [], [], []];
    map.data.forEach(({ meta, marker }, i) => {
      const outlines = meta?.part === "outline" && data.outlines.find(({ kind }) => kind === meta.kind);
      const points = meta?.part === "synthetic" && data.synthetic.find(({ key }) => key === meta.key);
      if (outlines) {
        const edges = there(outlines, t).map((j) => outlines.edges[j]);
        at.push(i);
        x.push(edges.flatMap((edge) => [...edge.x, null]));
        y.push(edges.flatMap((edge) => [...edge.y, null]));
        colours.push(null);
      } else if (points) {
        const mine = there(points, t);
        at.push(i);
        x.push(mine.map((j) => points.x[j]));
        y.push(mine.map((j) => points.y[j]));
        colours.push(points.colours ? mine.map((j) => points.colours[j]) : marker.color);
      }
    });
    window.Plotly.restyle(map, { x, y, "marker.color": colours }, at);
  };

  const moveLine = (key, t) => {
    const figure = chart(key);
    if (!figure?.layout?.shapes || !window.Plotly) return;
    const update = {};
    figure.layout.shapes.forEach(({ name }, i) => {
      if (name === "threshold") Object.assign(update, { [`shapes[${i}].x0`]: t, [`shapes[${i}].x1`]: t });
      if (name === "split side") update[`shapes[${i}].${data.rule === "text" ? "x0" : "x1"}`] = t;
    });
    window.Plotly.relayout(figure, update);
  };

  const follow = () => {
    const t = threshold();
    if (!Number.isFinite(t) || t === shown) return;
    shown = t;
    cancelAnimationFrame(due);
    due = requestAnimationFrame(() => {
      readout.textContent = words(t);
      moveMap(t);
      moveLine("sc_histogram", t);
      moveLine("threshold_path", t);
    });
  };

  readout.textContent = Number.isFinite(shown) ? words(shown) : "";
  const watch = new MutationObserver(follow);
  watch.observe(controls, { subtree: true, childList: true, characterData: true, attributes: true });
  return () => {
    watch.disconnect();
    cancelAnimationFrame(due);
  };
}
