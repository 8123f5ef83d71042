// The layout of XML, JavaScript and SCSS; the same numbers as Odoo's own code.
import { createRequire } from "node:module";

// The linters live in the private environment, not beside this file.
const require = createRequire(new URL("./.odoo/node/", import.meta.url));

export default {
    plugins: [require.resolve("@prettier/plugin-xml")],
    printWidth: 100,
    tabWidth: 4,
    trailingComma: "es5",
    xmlSelfClosingSpace: true,
    // Spaces between words and tags show on a page: they are left as they were written.
    xmlWhitespaceSensitivity: "preserve",
};
