/** What stands for a storage class, by its code, beside its name. */
export const STORAGE_ICONS = {
    ambient: "fa-archive",
    chilled: "fa-thermometer-quarter",
    frozen: "fa-snowflake-o",
};
