// The list of open prebuilds: a filter, and a reload every few seconds while the page is visible.
(function () {
  "use strict";

  const INTERVAL = 10000;

  // If more rows have changed, the table is loaded as a whole. The address of a request must not become too long.
  const MAXIMUM_CHANGED = 50;

  // Each so many times, the table is loaded as a whole: the version of a row says nothing of its build or of permissions.
  const WHOLE_EVERY = 6;

  let reloads = 0;

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

  function load(root, what) {
    return fetch(root.dataset.gitpodList + "/" + what, { cache: "no-store" }).then((response) => {
      if (!response.ok) {
        throw new Error(String(response.status));
      }
      return response;
    });
  }

  function loadTable(root, query) {
    return load(root, "ajaxTable" + query).then((response) => response.text());
  }

  function rowsOf(root) {
    const rows = new Map();
    root.querySelectorAll("tr[data-gitpod-row]").forEach((row) => rows.set(row.dataset.gitpodRow, row));
    return rows;
  }

  // Replaces rows by those of a table, and adds new ones.
  function merge(body, html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    const present = rowsOf(body);
    rowsOf(template.content).forEach((row, id) => {
      if (present.has(id)) {
        present.get(id).replaceWith(row);
      } else {
        body.append(row);
      }
      Behaviour.applySubtree(row, true);
    });
  }

  // Removes rows of requests that are no longer open, and updates the ages of the others.
  function refresh(body, open) {
    const byId = new Map(open.map((each) => [each.id, each]));
    rowsOf(body).forEach((row, id) => {
      if (byId.has(id)) {
        const age = row.querySelector("[data-gitpod-age]");
        age.setAttribute("data", byId.get(id).ageMillis);
        age.textContent = byId.get(id).age;
      } else {
        row.remove();
      }
    });
    ts_refresh(body.closest("table"));
  }

  // Rows that have not changed stay: of thousands of rows, few change at a time.
  function update(root, open) {
    const body = root.querySelector("tbody");
    const present = rowsOf(root);
    const changed = open.filter(
      (each) => !present.has(each.id) || present.get(each.id).dataset.gitpodVersion !== each.version,
    );
    if (!body || open.length === 0 || changed.length > MAXIMUM_CHANGED) {
      return body || open.length > 0 ? loadTable(root, "").then((html) => replace(root, html)) : null;
    } else if (changed.length === 0) {
      return refresh(body, open);
    }
    const query = changed.map((each) => "requestId=" + encodeURIComponent(each.id)).join("&");
    return loadTable(root, "?" + query).then((html) => {
      merge(body, html);
      refresh(body, open);
    });
  }

  function reload(root, filter) {
    const focused = document.activeElement ? document.activeElement.dataset.requestId : null;
    reloads += 1;
    const shown =
      reloads % WHOLE_EVERY === 0
        ? loadTable(root, "").then((html) => replace(root, html))
        : load(root, "live")
            .then((response) => response.json())
            .then((answer) => update(root, answer.data.rows));
    shown
      .then(() => {
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
