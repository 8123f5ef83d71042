from . import (
    drive_first_step,
    drive_first_step_shop,
    drive_first_steps,
    drive_invitation,
    drive_import,
    drive_member_import,
    drive_member_import_changes,
    drive_member_import_households,
    drive_member_import_values,
    drive_product_import,
    drive_product_import_stock,
    drive_product_import_values,
)
