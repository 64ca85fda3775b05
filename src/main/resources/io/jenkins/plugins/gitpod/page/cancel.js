// Buttons that cancel a prebuild: asks first, sends the request, and says what came of it.
(function () {
  "use strict";

  function failed(button, message) {
    button.disabled = false;
    notificationBar.show(message || button.dataset.failed, notificationBar.ERROR);
  }

  function cancel(button) {
    button.disabled = true;
    fetch(button.dataset.gitpodCancel, {
      method: "POST",
      headers: crumb.wrap({ "Content-Type": "application/x-www-form-urlencoded" }),
      body: "requestId=" + encodeURIComponent(button.dataset.requestId),
    })
      .then((response) => (response.ok ? response.json() : { status: "error" }))
      .then((answer) => {
        if (answer.status !== "ok") {
          failed(button, answer.message);
          return;
        }
        notificationBar.show(button.dataset.done, notificationBar.SUCCESS);
        button.dispatchEvent(new CustomEvent("gitpod:cancelled", { bubbles: true }));
      })
      .catch(() => failed(button, null));
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest ? event.target.closest("button[data-gitpod-cancel]") : null;
    if (!button) {
      return;
    }
    dialog
      .confirm(button.dataset.title, {
        message: button.dataset.message,
        okText: button.dataset.ok,
        cancelText: button.dataset.keep,
        type: "destructive",
        minWidth: "min(450px, 90vw)",
      })
      .then(
        () => cancel(button),
        () => button.focus(),
      );
  });
})();
