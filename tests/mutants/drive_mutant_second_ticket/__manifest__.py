{
    "name": "The drive without a guard (second ticket)",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "author": "Cafoutch Drive contributors",
    "website": "https://github.com/cafoutch/cafoutch-drive",
    "license": "AGPL-3",
    "depends": ["cafoutch_drive"],
}
