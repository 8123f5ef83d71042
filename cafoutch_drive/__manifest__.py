{
    "name": "Cafoutch Drive",
    "summary": "Members order on the web and collect a prepared basket",
    "version": "19.0.1.0.0",
    "category": "Sales/Sales",
    "author": "Cafoutch Drive contributors",
    "website": "https://github.com/cafoutch/cafoutch-drive",
    "license": "AGPL-3",
    "depends": [
        "portal",
        "pos_sale",
        "sale_stock",
        "stock_picking_batch",
    ],
    "data": [
        "security/groups.xml",
        "security/ir.model.access.csv",
        "security/rules.xml",
        "data/mail_templates.xml",
        "data/ir_cron.xml",
    ],
    "application": True,
}
