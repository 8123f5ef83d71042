{
    "name": "The drive with long lists",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "depends": ["cafoutch_drive"],
    "installable": True,
}
