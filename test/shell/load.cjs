// A native import, out of reach of the test runner's own transformation of modules.
module.exports = (url) => import(url);
