// Runs before the first paint, so that a dark page never flashes white, nor one in a frame its masthead. Everything else
// is a module.
(() => {
  let wanted = null;
  try {
    wanted = localStorage.getItem("theme");
  } catch { /* a browser that keeps nothing */ }
  const dark = wanted ? wanted === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  document.documentElement.toggleAttribute("data-embed", /[#&]embed=(?!false)/.test(location.hash));
})();
