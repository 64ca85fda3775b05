// Keeps the cards and timelines of running prebuilds up to date: one small request for the page every few seconds, none while
// the tab is hidden or once all prebuilds have ended.
(function () {
  "use strict";

  const INTERVAL = 5000;
  const LONGEST_INTERVAL = 60000;

  function part(element, name) {
    return element.querySelector('[data-gitpod="' + name + '"]');
  }

  function setText(element, text) {
    // An unchanged text is left alone, so that a screen reader announces only changes.
    if (element && element.textContent !== text) {
      element.textContent = text;
    }
  }

  function setHidden(element, hidden) {
    if (element) {
      element.hidden = hidden;
    }
  }

  function showIcon(root, holder, icon) {
    const template = root.querySelector('template[data-gitpod-icon="' + icon + '"]');
    if (template && holder.dataset.icon !== icon) {
      holder.dataset.icon = icon;
      holder.replaceChildren(template.content.cloneNode(true));
    }
  }

  function showPhase(row, phase) {
    row.dataset.state = phase.state;
    if (phase.state !== "missing") {
      row.hidden = false;
    }
    setText(part(row, "start"), phase.start);
    setText(part(row, "length"), phase.length);
    setText(part(row, "usual"), phase.usual);
    const bar = row.querySelector("rect");
    bar.setAttribute("x", phase.x);
    bar.setAttribute("width", phase.width);
  }

  function showPrebuild(root, element, prebuild) {
    setText(part(element, "title"), prebuild.title);
    setText(part(element, "text"), prebuild.text);
    setText(part(element, "state"), prebuild.state);
    setText(part(element, "commit"), prebuild.commit);
    setHidden(part(element, "commit"), prebuild.commit === "");
    setText(part(element, "message"), prebuild.message);
    setHidden(part(element, "message"), prebuild.message === "");
    setHidden(part(element, "cancel"), !prebuild.cancellable);
    setHidden(part(element, "log"), !prebuild.logged);
    const environment = part(element, "environment");
    setHidden(environment, prebuild.environmentUrl === "");
    if (/^https?:/.test(prebuild.environmentUrl)) {
      environment.href = prebuild.environmentUrl;
    }
    const id = part(element, "id");
    setHidden(id, prebuild.prebuildId === "");
    id.querySelector("button").setAttribute("text", prebuild.prebuildId);
    showIcon(root, part(element, "icon"), prebuild.icon);
    prebuild.phases.forEach((phase) => {
      const row = element.querySelector('[data-gitpod-phase="' + phase.phase + '"]');
      if (row) {
        showPhase(row, phase);
      }
    });
  }

  function find(root, requestId) {
    return root.querySelector('[data-gitpod-request="' + CSS.escape(requestId) + '"]');
  }

  /** Adds the card of a step that began after the page was loaded. */
  function add(root, requestId) {
    const view = root.dataset.gitpodView === "section" ? "ajaxSection" : "ajaxCard";
    fetch(root.dataset.gitpodUrl + "/prebuild/" + encodeURIComponent(requestId) + "/" + view)
      .then((response) => (response.ok ? response.text() : ""))
      .then((html) => {
        const template = document.createElement("template");
        template.innerHTML = html;
        const element = template.content.querySelector("[data-gitpod-request]");
        if (element && !find(root, requestId)) {
          root.append(element);
          Behaviour.applySubtree(element, true);
        }
      })
      .catch(() => {}); // The next poll tries again.
  }

  function follow(root) {
    let ended = root.dataset.gitpodEnded === "true";
    let interval = INTERVAL;
    let timer = null;
    let polling = false;

    function show(data) {
      data.prebuilds.forEach((prebuild) => {
        const element = find(root, prebuild.requestId);
        if (element) {
          showPrebuild(root, element, prebuild);
        } else {
          add(root, prebuild.requestId);
        }
      });
      const allEnded = data.prebuilds.every((prebuild) => prebuild.ended);
      ended = allEnded && !data.building;
      // While the build runs, a step may request another prebuild.
      interval = allEnded ? LONGEST_INTERVAL : INTERVAL;
    }

    function later() {
      polling = false;
      clearTimeout(timer);
      if (!ended && !document.hidden) {
        timer = setTimeout(poll, interval);
      }
    }

    function poll() {
      if (ended || polling || document.hidden) {
        return;
      }
      polling = true;
      fetch(root.dataset.gitpodUrl + "/live", { headers: { Accept: "application/json" }, cache: "no-store" })
        .then((response) => {
          if (response.ok) {
            return response.json().then((answer) => show(answer.data));
          }
          if (response.status < 500) {
            ended = true; // Logged out, or the build was deleted.
            return null;
          }
          throw new Error(response.statusText);
        })
        .catch(() => {
          // Jenkins may be restarting.
          interval = Math.min(interval * 2, LONGEST_INTERVAL);
        })
        .then(later);
    }

    root.addEventListener("gitpod:cancelled", poll);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) {
        poll();
      }
    });
    later();
  }

  Behaviour.specify("[data-gitpod-url]", "gitpod-live-prebuilds", 0, (root) => {
    if (!root.dataset.gitpodStarted) {
      root.dataset.gitpodStarted = "true";
      follow(root);
    }
  });
})();
