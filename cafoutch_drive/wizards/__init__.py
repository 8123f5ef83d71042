from . import (
    drive_first_step,
    drive_first_step_shop,
    drive_import,
    drive_first_steps,
    drive_product_import,
    drive_product_import_stock,
    drive_product_import_values,
)
