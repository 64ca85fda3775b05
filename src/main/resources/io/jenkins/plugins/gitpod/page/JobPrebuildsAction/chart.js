// Replaces the bars of a job's page by a chart of the ECharts API plugin, which has axes and tooltips.
(function () {
  "use strict";

  const COLORS = { blue: "--success-color", yellow: "--warning-color", red: "--error-color" };

  function color(name) {
    return getComputedStyle(document.body).getPropertyValue(name).trim();
  }

  function axis(name, position) {
    return {
      type: "value",
      name: name,
      position: position,
      axisLabel: { color: color("--text-color") },
      nameTextStyle: { color: color("--text-color"), align: position },
      splitLine: { show: position === "left", lineStyle: { color: color("--text-color-secondary"), opacity: 0.2 } },
    };
  }

  function options(root, points) {
    return {
      animation: false,
      textStyle: { fontFamily: getComputedStyle(document.body).fontFamily },
      grid: { top: 36, left: 8, right: 8, bottom: 4, containLabel: true },
      tooltip: {
        trigger: "axis",
        renderMode: "richText", // descriptions are text, not HTML
        formatter: (shown) => points[shown[0].dataIndex].description,
      },
      xAxis: {
        type: "category",
        data: points.map((point) => point.build),
        axisLabel: { color: color("--text-color") },
      },
      yAxis: [axis(root.dataset.minutes, "left"), axis(root.dataset.gibibytes, "right")],
      series: [
        {
          type: "bar",
          name: root.dataset.minutes,
          barMaxWidth: 32,
          data: points.map((point) => ({
            value: point.minutes,
            itemStyle: { color: color(COLORS[point.icon] || "--text-color-secondary"), borderRadius: [3, 3, 0, 0] },
          })),
        },
        {
          type: "line",
          name: root.dataset.gibibytes,
          yAxisIndex: 1,
          symbolSize: 7,
          itemStyle: { color: color("--accent-color") },
          data: points.map((point) => (point.gibibytes > 0 ? point.gibibytes : null)),
        },
      ],
    };
  }

  Behaviour.specify("[data-gitpod-chart]", "gitpod-job-chart", 0, (root) => {
    if (root.dataset.gitpodDrawn || typeof echarts === "undefined") {
      return;
    }
    root.dataset.gitpodDrawn = "true";
    const points = JSON.parse(root.dataset.gitpodChart);
    const holder = document.createElement("div");
    holder.className = "gitpod-job__chart";
    holder.setAttribute("role", "img");
    holder.setAttribute("aria-label", root.dataset.label);
    root.replaceChildren(holder);
    const chart = echarts.init(holder, null, { renderer: "svg" });
    const draw = () => chart.setOption(options(root, points));
    draw();
    new ResizeObserver(() => chart.resize()).observe(holder);
    // The theme may follow the system's.
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  });
})();
