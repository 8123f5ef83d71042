const CRATES = { ambient: "fa-archive", chilled: "fa-thermometer-half", frozen: "fa-snowflake-o" };
const CHANGES = {
    missing: "fa-minus-circle",
    replaced: "fa-exchange",
    weighed: "fa-balance-scale",
};

/** What stands for a crate's storage class, as on the preparers' screen. */
export function crateIcon(crate) {
    return CRATES[crate.storage_class];
}

/** What stands for what changed since the order. */
export function changeIcon(change) {
    return CHANGES[change.kind];
}
