from . import drive_demo, drive_demo_orders, drive_demo_steps
