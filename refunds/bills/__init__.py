"""What gateways' bills look like, row by row (SOP 6.d). Pure: knows no database."""
