/** @odoo-module ignore */
/* Nobody is signed in where this is shown: no order stays readable on the device. */
try {
    localStorage.removeItem("drive-order");
} catch {
    // Nothing is kept then.
}
