// The list of open prebuilds: a filter, and a reload every few seconds while the page is visible.
(function () {
  "use strict";

  const INTERVAL = 10000;

  function applyFilter(root, filter) {
    const text = filter.value.trim().toLowerCase();
    const rows = [...root.querySelectorAll("tr[data-gitpod-row]")];
    rows.forEach((row) => {
      row.hidden = !row.textContent.toLowerCase().includes(text);
    });
    const note = document.getElementById("gitpod-filtered");
    const noMatch = rows.length > 0 && rows.every((row) => row.hidden) ? note.dataset.text : "";
    if (note.textContent !== noMatch) {
      note.textContent = noMatch;
    }
  }

  function replace(root, html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const body = root.querySelector("tbody");
    const newBody = template.content.querySelector("tbody");
    if (body && newBody) {
      // The head stays, and with it the order that the user chose.
      body.innerHTML = newBody.innerHTML;
      Behaviour.applySubtree(body, true);
      ts_refresh(body.closest("table"));
    } else if (body || newBody) {
      root.innerHTML = html;
      Behaviour.applySubtree(root, true);
    }
  }

  function reload(root, filter) {
    fetch(root.dataset.gitpodList, { cache: "no-store" })
      .then((response) => (response.ok ? response.text() : null))
      .then((html) => {
        if (html === null) {
          return;
        }
        const focused = document.activeElement ? document.activeElement.dataset.requestId : null;
        replace(root, html);
        applyFilter(root, filter);
        const button = focused ? root.querySelector('[data-request-id="' + CSS.escape(focused) + '"]') : null;
        if (button) {
          button.focus();
        }
      })
      .catch(() => {}); // Jenkins may be restarting.
  }

  Behaviour.specify("[data-gitpod-list]", "gitpod-open-prebuilds", 0, (root) => {
    if (root.dataset.gitpodStarted) {
      return;
    }
    root.dataset.gitpodStarted = "true";
    const filter = document.getElementById("gitpod-filter");
    filter.addEventListener("input", () => applyFilter(root, filter));
    root.addEventListener("gitpod:cancelled", () => reload(root, filter));
    setInterval(() => {
      if (!document.hidden && !document.querySelector("dialog[open]")) {
        reload(root, filter);
      }
    }, INTERVAL);
  });
})();
