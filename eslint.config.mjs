// Odoo's browser code: native modules that Odoo bundles itself, so imports are not resolved here.
import { createRequire } from "node:module";

// The linters live in the private environment, not beside this file.
const require = createRequire(new URL("./.odoo/node/", import.meta.url));
const js = require("@eslint/js");
const globals = require("globals");

export default [
    { ignores: [".odoo/**", "**/static/lib/**"] },
    js.configs.recommended,
    {
        files: ["**/*.js"],
        languageOptions: {
            ecmaVersion: "latest",
            sourceType: "module",
            globals: { ...globals.browser, odoo: "readonly", luxon: "readonly" },
        },
        rules: {
            curly: "error",
            eqeqeq: ["error", "always", { null: "ignore" }],
            "no-shadow": "error",
            "no-var": "error",
            "object-shorthand": "error",
            "prefer-const": "error",
            "prefer-template": "error",
            complexity: ["error", 12],
        },
    },
    {
        files: ["*.mjs"],
        languageOptions: { globals: globals.node },
    },
];
